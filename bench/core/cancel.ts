import { Effect, Fiber } from 'effect'
import { run as runEffection, spawn as spawnEffection, suspend } from 'effection'
import { forever, run, spawn } from 'omakase'
import { eachAfter } from '../harness/clock.js'
import { peer } from '../harness/peer.js'
import type { Row } from '../harness/row.js'

const N = 200_000
/** The time that Effection takes for each grows with the number: all would take half a minute. */
const N_EFFECTION = 20_000

let waiting = 0

function* wait() {
  waiting++
  try {
    yield* forever()
  } finally {
    waiting--
  }
}

const waitEffect = Effect.gen(function* () {
  waiting++
  yield* Effect.never
}).pipe(Effect.onInterrupt(() => Effect.sync(() => waiting--)))

function* waitEffection() {
  waiting++
  try {
    yield* suspend()
  } finally {
    waiting--
  }
}

// One controller for each: a signal looks through all its listeners whenever one is added.
async function waitAsync(signal: AbortSignal): Promise<void> {
  waiting++
  try {
    await new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
  } finally {
    waiting--
  }
}

async function allWaiting(n: number): Promise<void> {
  while (waiting < n) await new Promise(resolve => setTimeout(resolve, 10))
  globalThis.gc?.()
}

function noneWaiting(): void {
  if (waiting !== 0) throw new Error(`${waiting} tasks have not ended`)
}

/** A parent with so many waiting children is cancelled; until every one has left its `finally`. */
export const cancel: Row = {
  name: 'cancel',
  job: 'cancel 200,000 waiting tasks; each',
  unit: 'ns',
  baseline: 'promise',
  collects: true,
  rounds: 7,
  limit: { of: ['omakase'], most: 1500 },
  contestants: {
    promise: eachAfter(
      N,
      async n => {
        const controllers = Array.from({ length: n }, () => new AbortController())
        const ended = Promise.allSettled(controllers.map(({ signal }) => waitAsync(signal)))
        await allWaiting(n)
        return { controllers, ended }
      },
      async ({ controllers, ended }) => {
        const reason = new Error('cancelled')
        for (const controller of controllers) controller.abort(reason)
        await ended
        noneWaiting()
      },
    ),
    omakase: eachAfter(
      N,
      async n => {
        const parent = run(function* () {
          for (let i = 0; i < n; i++) spawn(wait)
          yield* forever()
        })
        await allWaiting(n)
        return () => parent
      },
      async parent => {
        parent().cancel()
        await parent().settled()
        noneWaiting()
      },
    ),
    Effect: eachAfter(
      N,
      async n => {
        const parent = Effect.runFork(
          Effect.gen(function* () {
            for (let i = 0; i < n; i++) yield* Effect.forkChild(waitEffect)
            yield* Effect.never
          }),
        )
        await allWaiting(n)
        return parent
      },
      async parent => {
        await Effect.runPromise(Fiber.interrupt(parent))
        noneWaiting()
      },
    ),
    'Effection, of 20,000': eachAfter(
      N_EFFECTION,
      async n => {
        const parent = runEffection(function* () {
          for (let i = 0; i < n; i++) yield* spawnEffection(waitEffection)
          yield* suspend()
        })
        await allWaiting(n)
        return () => parent
      },
      async parent => {
        await parent().halt()
        noneWaiting()
      },
    ),
    asyncio: peer('asyncio', 'cancel', 50_000),
    uvloop: peer('uvloop', 'cancel', 50_000),
    trio: peer('trio', 'cancel', 50_000),
    gevent: peer('gevent', 'cancel', 5_000),
    Go: peer('Go', 'cancel', N),
  },
}
