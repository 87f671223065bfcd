import { now, sleep } from '../core/index.js'
import { checkCount, checkDuration } from '../core/internal.js'
import { type Flow, isNone, type Pulled, park, type Taker } from './flow.js'
import type { Stage } from './pipe.js'
import { Stream } from './stream.js'

/**
 * At most `count` items in any `ms` milliseconds. Drops nothing: an item that comes too early is held back, and the next is not asked for
 * before it has gone.
 *
 * @example
 * yield* pipe([1, 2, 3], throttle(2, 10), toArray()) // [1, 2, 3]
 * @throws UsageError unless `count` is a whole number of 1 or more, and `ms` 0 or more.
 */
export function throttle<T>(count: number, ms: number): Stage<T, T> {
  checkCount('throttle', count)
  checkDuration('throttle: ms', ms)
  return stream => new Stream(line => new ThrottleFlow(stream.flow(line), count, ms))
}

class ThrottleFlow<T> implements Flow<T>, Taker<void> {
  private readonly up: Flow<T>
  private readonly count: number
  private readonly ms: number
  /** When the last items were given, so many; a ring. */
  private readonly times: number[] = []
  private place = 0
  private early: { readonly item: T } | null = null

  constructor(up: Flow<T>, count: number, ms: number) {
    this.up = up
    this.count = count
    this.ms = ms
  }

  pull(): Pulled<T> {
    const { early } = this
    const item = early === null ? this.up.pull() : early.item
    if (isNone(item)) return item
    const wait = (this.times[this.place] ?? -Infinity) + this.ms - now()
    if (wait > 0) {
      this.early = { item }
      return park(sleep(wait), this)
    }
    this.early = null
    if (this.count !== Infinity) {
      this.times[this.place] = now()
      this.place = (this.place + 1) % this.count
    }
    return item
  }

  resume(): void {}
}
