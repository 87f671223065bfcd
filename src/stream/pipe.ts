import type { Co } from '../core/index.js'
import { usage } from './errors.js'
import { type Source, streamOf } from './source.js'
import { Stream } from './stream.js'

/** What makes one stream of another. */
export type Stage<A, B> = (stream: Stream<A>) => Stream<B>

/** What reads a stream to its end: `yield*` it in a coroutine, `await` it in async code. */
export type Sink<A, R> = (stream: Stream<A>) => Co<R>

/**
 * Sends a source through stages; a sink at the end makes it something to be waited for, without one it is a stream.
 * Nothing is read before somebody reads the end of it, and then no more than is asked for. Whatever ends the reading
 * closes the source, and waits for that.
 *
 * @example
 * const sizes = yield* pipe(['a', 'bb', 'ccc'], map(word => word.length), filter(size => size > 1), toArray())
 * // [2, 3]; in async code: await pipe(…), or for await (const size of pipe(…))
 * @throws UsageError where the source is none, or a stage is no function.
 */
export function pipe<A>(source: Source<A>): Stream<A>
export function pipe<A, B>(source: Source<A>, b: (stream: Stream<A>) => B): B
export function pipe<A, B, C>(source: Source<A>, b: (stream: Stream<A>) => B, c: (given: B) => C): C
export function pipe<A, B, C, D>(
  source: Source<A>,
  b: (stream: Stream<A>) => B,
  c: (given: B) => C,
  d: (given: C) => D,
): D
export function pipe<A, B, C, D, E>(
  source: Source<A>,
  b: (stream: Stream<A>) => B,
  c: (given: B) => C,
  d: (given: C) => D,
  e: (given: D) => E,
): E
export function pipe<A, B, C, D, E, F>(
  source: Source<A>,
  b: (stream: Stream<A>) => B,
  c: (given: B) => C,
  d: (given: C) => D,
  e: (given: D) => E,
  f: (given: E) => F,
): F
export function pipe<A, B, C, D, E, F, G>(
  source: Source<A>,
  b: (stream: Stream<A>) => B,
  c: (given: B) => C,
  d: (given: C) => D,
  e: (given: D) => E,
  f: (given: E) => F,
  g: (given: F) => G,
): G
export function pipe<A, B, C, D, E, F, G, H>(
  source: Source<A>,
  b: (stream: Stream<A>) => B,
  c: (given: B) => C,
  d: (given: C) => D,
  e: (given: D) => E,
  f: (given: E) => F,
  g: (given: F) => G,
  h: (given: G) => H,
): H
export function pipe<A, B, C, D, E, F, G, H, I>(
  source: Source<A>,
  b: (stream: Stream<A>) => B,
  c: (given: B) => C,
  d: (given: C) => D,
  e: (given: D) => E,
  f: (given: E) => F,
  g: (given: F) => G,
  h: (given: G) => H,
  i: (given: H) => I,
): I
export function pipe<A, B, C, D, E, F, G, H, I, J>(
  source: Source<A>,
  b: (stream: Stream<A>) => B,
  c: (given: B) => C,
  d: (given: C) => D,
  e: (given: D) => E,
  f: (given: E) => F,
  g: (given: F) => G,
  h: (given: G) => H,
  i: (given: H) => I,
  j: (given: I) => J,
): J
export function pipe<A, B, C, D, E, F, G, H, I, J, K>(
  source: Source<A>,
  b: (stream: Stream<A>) => B,
  c: (given: B) => C,
  d: (given: C) => D,
  e: (given: D) => E,
  f: (given: E) => F,
  g: (given: F) => G,
  h: (given: G) => H,
  i: (given: H) => I,
  j: (given: I) => J,
  k: (given: J) => K,
): K
export function pipe<A, B, C, D, E, F, G, H, I, J, K, L>(
  source: Source<A>,
  b: (stream: Stream<A>) => B,
  c: (given: B) => C,
  d: (given: C) => D,
  e: (given: D) => E,
  f: (given: E) => F,
  g: (given: F) => G,
  h: (given: G) => H,
  i: (given: H) => I,
  j: (given: I) => J,
  k: (given: J) => K,
  l: (given: K) => L,
): L
export function pipe(source: Source<any>, ...stages: ((given: any) => unknown)[]): unknown {
  let given: unknown = streamOf('pipe', source)
  for (const [place, stage] of stages.entries()) {
    if (typeof stage !== 'function') throw usage.notAStage(place + 1, stage)
    if (!(given instanceof Stream)) throw usage.afterSink(place + 1)
    given = stage(given)
    if (typeof given === 'function') throw usage.notCalled(place + 1, stage)
  }
  return given
}
