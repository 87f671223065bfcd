import { moveOnAfter } from '../core/index.js'
import { type Coroutine, checkCount, checkDuration } from '../core/internal.js'
import type { Receiver } from '../sync/index.js'
import { ahead } from './ahead.js'
import { END, type Flow, type Pulled, park, type Taker, WAIT } from './flow.js'
import type { Stage } from './pipe.js'
import { Stream } from './stream.js'

/**
 * Arrays of `count` items; the last may be shorter. With `ms`, one is given at the latest so many milliseconds after
 * its first item has come, however short it then is; to keep that time, a task reads one item ahead.
 *
 * @example
 * yield* pipe([1, 2, 3], batch(2), toArray()) // [[1, 2], [3]]
 * @throws UsageError unless `count` is a whole number of 1 or more, or Infinity, and `ms` 0 or more.
 * @see Python's `itertools.batched`
 */
export function batch<T>(count: number, ms = Infinity): Stage<T, T[]> {
  checkCount('batch', count)
  checkDuration('batch: ms', ms)
  if (ms === Infinity) return stream => new Stream(line => new BatchFlow(stream.flow(line), count))
  return stream => new Stream(line => new TimedBatchFlow(ahead(line, [stream]), count, ms))
}

class BatchFlow<T> implements Flow<T[]> {
  private readonly up: Flow<T>
  private readonly count: number
  private items: T[] = []

  constructor(up: Flow<T>, count: number) {
    this.up = up
    this.count = count
  }

  pull(): Pulled<T[]> {
    const { up, count, items } = this
    for (;;) {
      const item = up.pull()
      if (item === WAIT) return WAIT
      if (item !== END) items.push(item)
      else if (items.length === 0) return END
      if (item === END || items.length >= count) {
        this.items = []
        return items
      }
    }
  }
}

class TimedBatchFlow<T> implements Flow<T[]>, Taker<T[]> {
  private readonly source: () => Receiver<T>
  private readonly count: number
  private readonly ms: number
  private items: T[] = []
  private hasEnded = false

  constructor(source: () => Receiver<T>, count: number, ms: number) {
    this.source = source
    this.count = count
    this.ms = ms
  }

  pull(): Pulled<T[]> {
    const { items } = this
    if (items.length === 0) return this.hasEnded ? END : park(this.collect(), this)
    this.items = []
    return items
  }

  resume(items: T[]): void {
    this.items = items
  }

  private *collect(): Coroutine<T[]> {
    const items: T[] = []
    if ((yield* this.next(items)) && this.count > 1) yield* moveOnAfter(this.ms, () => this.fill(items))
    return items
  }

  // A cancellation never costs an item that was handed over: the time runs out before one is asked for, or after.
  private *fill(items: T[]): Coroutine<void> {
    while (items.length < this.count) if (!(yield* this.next(items))) return
  }

  private *next(items: T[]): Coroutine<boolean> {
    const result = yield* this.source().next()
    if (result.done) this.hasEnded = true
    else items.push(result.value)
    return !this.hasEnded
  }
}
