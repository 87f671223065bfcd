import { END, type Flow, isNone, type Pulled } from './flow.js'
import { fromIterator } from './from-iterator.js'
import { checkFunction, isGenerator, Step } from './given.js'
import type { Line } from './line.js'
import type { Stage } from './pipe.js'
import { openGiven, type Source } from './source.js'
import { Stream } from './stream.js'

/**
 * The items of the source that the function gives for each item, one source after the other. A generator gives its
 * items with `yield item`, and may wait with `yield* …`; a promise of a source, or a coroutine that returns one, is
 * waited for.
 *
 * @example
 * yield* pipe(['a b', 'c'], flatMap(line => line.split(' ')), toArray()) // ['a', 'b', 'c']
 * @throws UsageError where `fn` is no function.
 */
export function flatMap<A, B>(
  fn: (item: A, index: number, signal: AbortSignal) => Source<B> | PromiseLike<Source<B>>,
): Stage<A, B> {
  checkFunction('flatMap', fn)
  return stream => new Stream(line => new FlatMapFlow<A, B>(line, stream, fn))
}

class FlatMapFlow<A, B> implements Flow<B> {
  private readonly line: Line
  private readonly up: Flow<A>
  private readonly step: Step<A, number, unknown>
  private index = 0
  private inner: Flow<B> | null = null
  private part: Line

  constructor(line: Line, stream: Stream<A>, fn: (item: A, index: number, signal: AbortSignal) => unknown) {
    this.line = this.part = line
    this.up = stream.flow(line)
    this.step = new Step('flatMap', fn)
  }

  pull(): Pulled<B> {
    for (;;) {
      if (this.inner === null) {
        const item = this.up.pull()
        if (isNone(item)) return item
        this.open(this.step.give(item, this.index++))
      }
      const item = this.inner!.pull()
      if (item !== END) return item
      this.inner = null
      this.part.done()
    }
  }

  private open(given: unknown): void {
    this.part = this.line.fork()
    this.inner =
      typeof given === 'object' && given !== null && isGenerator(given)
        ? fromIterator(this.part, given as Iterator<B, unknown>, false)
        : openGiven('flatMap', this.part, given)
  }
}
