import { ahead } from './ahead.js'
import { lazily } from './from-receivable.js'
import { type ItemOf, type Source, streamOf } from './source.js'
import { Stream } from './stream.js'

/**
 * The items of several sources as they come. Each source is read one item ahead; all are closed when one fails, or
 * when the reading is broken off.
 *
 * @example
 * const words = yield* pipe(merge(['a', 'b'], ['c']), toArray())
 * words.sort() // ['a', 'b', 'c']
 * @throws UsageError where a source is none.
 */
export function merge<S extends readonly Source<any>[]>(...sources: S): Stream<ItemOf<S[number]>> {
  const streams = sources.map(source => streamOf('merge', source))
  return new Stream(line => lazily(ahead(line, streams)))
}
