import assert from 'node:assert/strict'
import { type Co, checkpoint, co, type Exit, sleep } from 'omakase'
import type { Gen } from '../../core/depths.js'

/** One use of a primitive, which has state of its own, and what must hold when it has ended, however it ended. */
export interface Use {
  readonly body: () => Gen<unknown> | Co<unknown>
  readonly left?: (exit: Exit<unknown>) => void
}

/** Counts what was opened and has not been closed. */
export class Open {
  private count = 0

  readonly acquire = () => {
    this.count++
  }

  readonly release = () => {
    this.count--
  }

  readonly left = () => assert.equal(this.count, 0, 'something was left open')

  /** Runs a body, and is open meanwhile. */
  readonly during = (body: () => Co<unknown>): Co<void> => during(this, body)
}

const during = co(function* (open: Open, body: () => Co<unknown>): Gen<void> {
  open.acquire()
  try {
    yield* body()
  } finally {
    open.release()
  }
}) as (open: Open, body: () => Co<unknown>) => Co<void>

/** A use that leaves nothing open. */
export function closing(body: (open: Open) => Gen<unknown> | Co<unknown>): () => Use {
  return () => {
    const open = new Open()
    return { body: () => body(open), left: open.left }
  }
}

/** Several tasks that wait in different ways for a moment. */
export const busy = co(function* (open: Open): Gen<void> {
  open.acquire()
  try {
    yield* checkpoint()
    yield* sleep(2)
  } finally {
    open.release()
  }
}) as (open: Open) => Co<void>

export function* pause(): Gen<void> {
  yield* checkpoint()
  yield* sleep(1)
}
