import type { Co, Instruction, Receivable } from '../core/index.js'
import { IS_CO } from '../core/internal.js'
import { usage } from './errors.js'
import { type Flow, type Pulled, park, type Taker } from './flow.js'
import { fromAsyncIterable } from './from-async-iterable.js'
import { fromIterator } from './from-iterator.js'
import { fromReader } from './from-reader.js'
import { fromReceivable } from './from-receivable.js'
import { isGenerator, isPending, pending } from './given.js'
import { hearErrors } from './hear-errors.js'
import type { Line } from './line.js'
import { Stream } from './stream.js'

/** A web stream that is read: structural, so that any implementation will do. */
export interface ReadableLike<out T> {
  /** Locks the stream, and gives what reads it. */
  getReader(): WebReader<T>
}

export interface WebReader<out T> {
  read(): PromiseLike<{ done: boolean; value?: T | undefined }>
  cancel(reason?: unknown): PromiseLike<unknown>
}

/**
 * What a stream can be made of: an iterable, an async iterable (such as a Node stream), a receiver, a web stream, or
 * a function that makes one each time the stream is read. A generator that is read may also wait: `yield* sleep(10)`
 * waits, `yield item` gives an item.
 */
export type Source<T> =
  | Iterable<T | Instruction, unknown, any>
  | AsyncIterable<T>
  | Receivable<T>
  | ReadableLike<T>
  | (() => Source<T> | PromiseLike<Source<T>>)

/** The stream of a source; `what` is who asks for it. */
export function streamOf<T>(what: string, source: Source<T>): Stream<T> {
  if (source instanceof Stream) return source
  return new Stream(opener(what, source))
}

/** Opens what a function gave as a source. Something that is a promise as well as a source is read, and not waited for. */
export function openGiven<T>(what: string, line: Line, given: unknown): Flow<T> {
  return isPending(given) && !(Symbol.asyncIterator in given)
    ? new Awaited(what, line, given)
    : opener<T>(what, given as Source<T>)(line)
}

function opener<T>(what: string, source: Source<T>): (line: Line) => Flow<T> {
  if (typeof source === 'string')
    return line => fromIterator(line, (source as Iterable<any>)[Symbol.iterator]())
  if (typeof source === 'function') return line => openMade(what, line, source())
  if (typeof source === 'object' && source !== null && (isGenerator(source) || !(IS_CO in source))) {
    if (source instanceof Stream) return source.flow
    if (isReceivable<T>(source)) return line => fromReceivable(line, source)
    if ('getReader' in source) return line => fromReader(line, source.getReader())
    if (Symbol.asyncIterator in source) {
      hearErrors(source)
      return once(source, Symbol.asyncIterator, line => fromAsyncIterable(line, source))
    }
    if (Symbol.iterator in source)
      return once(source, Symbol.iterator, line =>
        fromIterator(line, source[Symbol.iterator]() as Iterator<T>),
      )
  }
  throw usage.notASource(what, source)
}

/** A generator is a source where a source is asked for, though elsewhere it is something to wait for. */
function openMade<T>(what: string, line: Line, made: Source<T> | PromiseLike<Source<T>>): Flow<T> {
  return typeof made === 'object' && made !== null && isGenerator(made)
    ? opener<T>(what, made as Source<T>)(line)
    : openGiven(what, line, made)
}

function isReceivable<T>(source: object): source is Receivable<T> {
  return 'next' in source && 'close' in source
}

/** An iterator that is its own iterable is used up by the first reading; a second would be empty without a word. */
function once<T>(source: any, symbol: symbol, open: (line: Line) => Flow<T>): (line: Line) => Flow<T> {
  let isUsed = false
  return line => {
    if (isUsed && isOwnIterator(source, symbol)) throw usage.readTwice()
    isUsed = true
    return open(line)
  }
}

function isOwnIterator(source: any, symbol: symbol): boolean {
  return typeof source.next === 'function' && source[symbol]() === source
}

/** A source that has to be waited for. */
class Awaited<T> implements Flow<T>, Taker<unknown> {
  private flow: Flow<T> | null = null
  private readonly what: string
  private readonly line: Line
  private readonly given: object

  constructor(what: string, line: Line, given: object) {
    this.what = what
    this.line = line
    this.given = given
  }

  pull(): Pulled<T> {
    if (this.flow === null) return park(pending(this.given, { name: this.what }, null) as Co<unknown>, this)
    return this.flow.pull()
  }

  resume(source: unknown): void {
    this.flow = opener<T>(this.what, source as Source<T>)(this.line)
  }
}

/** What a source gives. */
export type ItemOf<S> = S extends Source<infer T> ? T : never
