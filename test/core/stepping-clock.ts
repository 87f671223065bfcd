import assert from 'node:assert/strict'
import { type Body, type Clock, type Exit, run, type Task } from 'omakase'
import { queued } from '#src/core/scheduler.js'
import { turn } from './turns.js'

/** A clock that jumps to what comes next, when it is told to. */
export class SteppingClock implements Clock {
  readonly resolution = 0
  private time = 0
  private armed: { at: number; fire: () => void } | undefined
  private readonly events: { at: number; happen: () => void }[] = []

  now(): number {
    return this.time
  }

  arm(at: number, fire: () => void): void {
    this.armed = { at, fire }
  }

  disarm(): void {
    this.armed = undefined
  }

  /** Something from outside of any task. */
  after(ms: number, happen: () => void): void {
    this.events.push({ at: this.time + ms, happen })
    this.events.sort((a, b) => a.at - b.at)
  }

  /** Lets so much time pass at once: all that falls due in it falls due in one turn. */
  jump(ms: number): void {
    this.time += ms
    this.step()
  }

  /** Goes on to the next moment at which anything happens; false where nothing is left to come. */
  step(): boolean {
    const next = Math.min(this.armed?.at ?? Infinity, this.events[0]?.at ?? Infinity)
    if (next === Infinity) return false
    this.time = Math.max(this.time, next)
    while (this.events.length > 0 && this.events[0]!.at <= this.time) this.events.shift()!.happen()
    const { armed } = this
    if (armed !== undefined && armed.at <= this.time) {
      this.armed = undefined
      armed.fire()
    }
    return true
  }
}

/** Turns of the event loop after which nothing that is ready is left: deadlines are looked at a turn later. */
export async function settleDown(): Promise<void> {
  for (let quiet = 0; quiet < 4; quiet++) {
    await turn()
    if (queued() > 0) quiet = 0
  }
}

/** Starts a task for which no time passes until it is told to. */
export async function paused<T>(
  body: Body<T>,
): Promise<{ task: Task<T>; clock: SteppingClock; ended(): Promise<Exit<T>> }> {
  const clock = new SteppingClock()
  const task = run(body, { clock })
  const exit = Promise.resolve(task.settled())
  await settleDown()
  const ended = async () => {
    for (;;) {
      await settleDown()
      if (task.state !== 'waiting') return exit
      assert.ok(clock.step(), 'it waits for something that never comes')
    }
  }
  return { task, clock, ended }
}

/** How a task ends for which so much time passes at once, when everything in it has come to wait. */
export async function afterJump<T>(ms: number, body: Body<T>): Promise<Exit<T>> {
  const { clock, ended } = await paused(body)
  clock.jump(ms)
  return ended()
}
