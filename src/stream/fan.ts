import { checkCount } from '../core/internal.js'
import { ConcurrentFlow } from './concurrent.js'
import { checkNumber } from './errors.js'
import { checkFunction, type Given } from './given.js'
import { type Source, streamOf } from './source.js'
import { Stream } from './stream.js'

/** How many calls, and how many results that wait, a `fan` has. */
export interface FanOptions {
  /** How many calls may run at once; 10 by default. */
  readonly workers?: number
  /** How many items more may have been read: results that wait to be taken; as many as workers by default. */
  readonly buffer?: number
  /** Whether results come in the order of their items, and not as they are ready; true by default. */
  readonly ordered?: boolean
}

/**
 * Fans the items of a source out to calls of a function, and the results in again. Never more than `workers + buffer`
 * items are under way; breaking off cancels all calls, and an error in one fails the reading.
 *
 * @example
 * const sizeOf = async (word: string) => word.length
 * const sizes: number[] = []
 * for await (const size of fan(['a', 'bb', 'ccc'], sizeOf, { workers: 8 })) sizes.push(size)
 * sizes // [1, 2, 3]
 * @throws UsageError where `fn` is no function, unless `workers` is
 *   a whole number of 1 or more, or Infinity, and `buffer` one of 0 or more.
 */
export function fan<A, B>(
  source: Source<A>,
  fn: (item: A, index: number, signal: AbortSignal) => Given<B>,
  options: FanOptions = {},
): Stream<B> {
  checkFunction('fan', fn)
  const { ordered = true } = options
  const running = checkCount('fan: workers', options.workers ?? 10)
  const held = running + checkNumber('fan: buffer', options.buffer ?? running)
  const stream = streamOf('fan', source)
  return new Stream(line => new ConcurrentFlow(line, stream, fn, { running, held, ordered, what: 'fan' }))
}
