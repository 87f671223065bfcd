import { checkCount } from '../core/internal.js'
import { type Flow, isNone, type Pulled } from './flow.js'
import type { Stage } from './pipe.js'
import { Stream } from './stream.js'

/**
 * Arrays of `size` items that follow each other, a new one every `step` items; where there are fewer than `size`, none.
 *
 * @example
 * yield* pipe([1, 2, 3, 4], window(3), toArray()) // [[1, 2, 3], [2, 3, 4]]
 * @throws UsageError unless both are whole numbers of 1 or more.
 */
export function window<T>(size: number, step = 1): Stage<T, T[]> {
  checkCount('window', size)
  checkCount('window: step', step)
  return stream => new Stream(line => new WindowFlow(stream.flow(line), size, step))
}

class WindowFlow<T> implements Flow<T[]> {
  private readonly up: Flow<T>
  private readonly size: number
  private readonly step: number
  private items: T[] = []
  /** Items between two windows that belong to neither. */
  private skip = 0

  constructor(up: Flow<T>, size: number, step: number) {
    this.up = up
    this.size = size
    this.step = step
  }

  pull(): Pulled<T[]> {
    const { size, step } = this
    for (;;) {
      const item = this.up.pull()
      if (isNone(item)) return item
      if (this.skip > 0) {
        this.skip--
        continue
      }
      const { items } = this
      items.push(item)
      if (items.length < size) continue
      this.items = items.slice(step)
      this.skip = Math.max(0, step - size)
      return items
    }
  }
}
