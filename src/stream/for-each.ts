import { drain } from './flow.js'
import { checkFunction, type Given } from './given.js'
import { type MapOptions, map } from './map.js'
import type { Sink } from './pipe.js'
import { reading } from './reading.js'

/**
 * Calls the function with each item, waiting for what it gives; with `concurrency`, so many calls at once at most.
 *
 * @example
 * const seen: string[] = []
 * yield* pipe(['a', 'bb'], forEach(word => seen.push(word), { concurrency: 8 }))
 * seen // ['a', 'bb']
 * @throws what `fn` throws; UsageError where it is no function, and unless `concurrency` is
 *   a whole number of 1 or more, or Infinity.
 */
export function forEach<T>(
  fn: (item: T, index: number, signal: AbortSignal) => Given<unknown>,
  options: Omit<MapOptions, 'ordered'> = {},
): Sink<T, void> {
  const stage = map(checkFunction('forEach', fn), { ...options, ordered: false })
  return stream => reading('forEach', stage(stream).flow, flow => drain(flow, () => {}))
}
