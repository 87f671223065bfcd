import { drain } from './flow.js'
import type { Sink } from './pipe.js'
import { reading } from './reading.js'

/**
 * All items, in an array.
 *
 * @example
 * yield* pipe([1, 2, 3], map(n => n * 2), toArray()) // [2, 4, 6]
 */
export function toArray<T>(): Sink<T, T[]> {
  return stream =>
    reading('toArray', stream.flow, function* (flow) {
      const items: T[] = []
      yield* drain(flow, item => items.push(item))
      return items
    })
}
