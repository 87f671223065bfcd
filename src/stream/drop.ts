import { checkNumber } from './errors.js'
import { type Flow, isNone, type Pulled } from './flow.js'
import type { Stage } from './pipe.js'
import { Stream } from './stream.js'

/**
 * All items but the first, so many.
 *
 * @example
 * yield* pipe([1, 2, 3], drop(1), toArray()) // [2, 3]
 * @throws UsageError unless `count` is a whole number of 0 or more, or Infinity.
 */
export function drop<T>(count: number): Stage<T, T> {
  checkNumber('drop', count)
  return stream => new Stream(line => new DropFlow(stream.flow(line), count))
}

class DropFlow<T> implements Flow<T> {
  private readonly up: Flow<T>
  private left: number

  constructor(up: Flow<T>, count: number) {
    this.up = up
    this.left = count
  }

  pull(): Pulled<T> {
    for (;;) {
      const item = this.up.pull()
      if (isNone(item) || this.left === 0) return item
      this.left--
    }
  }
}
