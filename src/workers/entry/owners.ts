import { AsyncLocalStorage } from 'node:async_hooks'
import type { Attempt } from './attempt.js'
import type { UserFunction } from './sink.js'

/** After so many calls it is known whether they are too small to be followed. */
const ENOUGH = 32
/** Mean milliseconds of a call below which following it would cost more than a little of it. */
const TINY = 0.05

/**
 * Knows whose error it is that surfaces in a timer or an unhandled rejection, by following each call through its
 * callbacks. That costs 0.1 µs for each promise, so tiny calls are not followed: they set no timers.
 */
export class Owners {
  private readonly storage = new AsyncLocalStorage<Attempt>()
  private count = 0
  private total = 0
  private following = true

  run(attempt: Attempt, fn: UserFunction, input: unknown, context: unknown): unknown {
    return this.following ? this.storage.run(attempt, fn, input, context) : fn(input, context)
  }

  current(): Attempt | undefined {
    return this.storage.getStore()
  }

  measured(ms: number): void {
    this.count++
    this.total += ms
    if (this.count < ENOUGH) return
    const following = this.total / this.count > TINY
    this.count = 0
    this.total = 0
    if (this.following && !following) this.storage.disable()
    this.following = following
  }
}
