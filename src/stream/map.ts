import { checkCount } from '../core/internal.js'
import { ConcurrentFlow } from './concurrent.js'
import { type Flow, isNone, type Pulled, type Taker } from './flow.js'
import { checkFunction, type Given, Step } from './given.js'
import type { Stage } from './pipe.js'
import { Stream } from './stream.js'

/** How many calls a stage makes at once, and in which order it gives what they gave. */
export interface MapOptions {
  /** How many calls may run at once; 1 by default. */
  readonly concurrency?: number
  /** Whether results come in the order of their items, and not as they are ready; true by default. */
  readonly ordered?: boolean
}

/**
 * Each item, as the function gives it back: a plain value, a promise, or a coroutine, which is waited for. With
 * `concurrency`, so many items at most are under way or wait to be taken; each call is then a task.
 *
 * @example
 * const sizeOf = async (word: string) => word.length
 * yield* pipe(['a', 'bb', 'ccc'], map(sizeOf, { concurrency: 8 }), toArray()) // [1, 2, 3]
 * @throws UsageError where `fn` is no function, and unless `concurrency` is
 *   a whole number of 1 or more, or Infinity.
 */
export function map<A, B>(
  fn: (item: A, index: number, signal: AbortSignal) => Given<B>,
  options: MapOptions = {},
): Stage<A, B> {
  checkFunction('map', fn)
  const concurrency = checkCount('map: concurrency', options.concurrency ?? 1)
  if (concurrency === 1) return stream => new Stream(line => new MapFlow(stream.flow(line), fn))
  const { ordered = true } = options
  const limits = { running: concurrency, held: concurrency, ordered, what: 'map' }
  return stream => new Stream(line => new ConcurrentFlow(line, stream, fn, limits))
}

class MapFlow<A, B> implements Flow<B>, Taker<B> {
  private readonly up: Flow<A>
  private readonly step: Step<A, number, B>
  private index = 0
  private result: { readonly value: B } | null = null

  constructor(up: Flow<A>, fn: (item: A, index: number, signal: AbortSignal) => Given<B>) {
    this.up = up
    this.step = new Step('map', fn)
  }

  pull(): Pulled<B> {
    const { result } = this
    if (result !== null) {
      this.result = null
      return result.value
    }
    const item = this.up.pull()
    if (isNone(item)) return item
    return this.step.call(item, this.index++, this)
  }

  resume(value: B): void {
    this.result = { value }
  }
}
