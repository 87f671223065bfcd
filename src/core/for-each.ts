import type { ConcurrencyOptions } from './all.js'
import { Crew } from './crew.js'
import { checkCount, usage } from './errors.js'
import { ScopeImpl } from './scope.js'
import type { Co, Coroutine, Scope } from './types.js'
import { wait } from './wait.js'

/** What `forEach` reads: an iterable, an async iterable, or a receiver. */
export type Source<T> = Iterable<T> | AsyncIterable<T> | Receivable<T>

/** Opens a source for the scope that is the innermost now, so that it is read by a task of that and not by a root. */
export const OPEN: unique symbol = Symbol('omakase.open')

/** Gives one item after the other to a coroutine. */
export interface Receivable<T> {
  /** The next item, or `done: true` at the end. */
  next(): Co<IteratorResult<T, undefined>>
  /** May give something to be waited for. */
  close(): unknown
}

/**
 * Calls `fn` with each item of a source, each call a task; reads nothing ahead. Whatever ends it, the source is
 * closed, and that is waited for.
 *
 * @example
 * const sizes: number[] = []
 * yield* forEach(['a', 'bb'], function* (word) {
 *   yield* sleep(1)
 *   sizes.push(word.length)
 * }, { concurrency: 8 })
 * sizes // [1, 2]
 * @throws what `fn` or the source throws; UsageError where the source is none, and unless `concurrency` is
 *   a whole number of 1 or more, or Infinity.
 */
export function forEach<T>(
  source: Source<T>,
  fn: (item: T, index: number, signal: AbortSignal) => unknown,
  options: ConcurrencyOptions = {},
): Co<void> {
  const concurrency = checkCount('forEach: concurrency', options.concurrency ?? 1)
  const open = opener(source)
  const body = function* (scope: Scope): Coroutine<void> {
    const crew = new Crew(scope as ScopeImpl, concurrency)
    const reader = open()
    let isOpen = true
    // When the items have ended, and not before.
    scope.defer(() => (isOpen ? reader.close() : undefined))
    for (let index = 0; ; index++) {
      let result: IteratorResult<T, unknown>
      try {
        result = yield* reader.next()
      } catch (error) {
        isOpen = false
        throw error
      }
      if (result.done) {
        isOpen = false
        return
      }
      crew.start(fn, () => false, [result.value, index])
      yield* crew.room()
    }
  }
  return new ScopeImpl('scope', body, { name: 'forEach' })
}

interface Openable<T> {
  [OPEN](): Receivable<T>
}

interface Reader<T> {
  next(): Co<IteratorResult<T, unknown>> | Coroutine<IteratorResult<T, unknown>>
  close(): unknown
}

function opener<T>(source: Source<T>): () => Reader<T> {
  if (typeof source === 'string') return () => fromIterator((source as Iterable<T>)[Symbol.iterator]())
  if (typeof source === 'object' && source !== null) {
    if (OPEN in source) return () => (source as Openable<T>)[OPEN]()
    if (isReceivable(source)) return () => ({ next: () => source.next(), close: () => source.close() })
    if (Symbol.asyncIterator in source) return () => fromAsyncIterator(source)
    if (Symbol.iterator in source) return () => fromIterator(source[Symbol.iterator]())
  }
  throw usage.notIterable('forEach', source)
}

function isReceivable<T>(source: object): source is Receivable<T> {
  return 'next' in source && 'close' in source
}

function fromIterator<T>(iterator: Iterator<T>): Reader<T> {
  return {
    *next() {
      return iterator.next()
    },
    close: () => {
      iterator.return?.()
    },
  }
}

function fromAsyncIterator<T>(source: AsyncIterable<T>): Reader<T> {
  const iterator = source[Symbol.asyncIterator]()
  return {
    next: () => wait(iterator.next()),
    async close() {
      // The iterator of a Node stream hears of its return only after the chunk it waits for; the stream at once.
      if ('destroy' in source && typeof source.destroy === 'function') source.destroy()
      await iterator.return?.()
    },
  }
}
