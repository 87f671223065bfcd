import { BrokenError, ClosedError, UsageError } from '../core/index.js'
import { describe } from '../core/internal.js'

/** Every message of streams: what was done, where, and what to write instead. */
export const usage = {
  notASource: (what: string, value: unknown) =>
    new UsageError(
      `${what} got ${describe(value)}; give an iterable, an async iterable, a receiver, a ReadableStream, or a function that makes one`,
    ),
  notAFunction: (what: string, value: unknown) =>
    new UsageError(`${what} got ${describe(value)}; give a function`),
  notAStage: (nth: number, value: unknown) =>
    new UsageError(
      `pipe got ${describe(value)} as stage ${nth}; give what map(…), take(…), toArray() and the like return`,
    ),
  notCalled: (nth: number, value: unknown) =>
    new UsageError(
      `pipe got ${describe(value)} as stage ${nth}, and that gave a function; call it: write toArray(), not toArray`,
    ),
  afterSink: (nth: number) =>
    new UsageError(
      `pipe got a stage ${nth} behind one that gives no stream; a sink such as toArray() comes last`,
    ),
  badNumber: (what: string, value: unknown) =>
    new UsageError(`${what} got ${describe(value)}; give a whole number of 0 or more, or Infinity`),
  readTwice: () =>
    new UsageError(
      'this stream reads an iterator, which can be read once; give a function that makes one: pipe(() => items(), …)',
    ),
  notAResult: (value: unknown) =>
    new UsageError(`the iterator of a stream gave ${describe(value)}; next() gives { done, value }`),
  forgottenStar: () =>
    new UsageError(
      'a generator that a stream reads wrote `yield` without the star; write `yield* …` to wait, and `yield item` to give an item',
    ),
  returnedItems: (value: unknown) =>
    new UsageError(
      `the generator of a flatMap returned ${describe(value)}, which would be lost; write \`yield item\` for each, or co(function* …) for one that returns them all`,
    ),
  notWritable: (value: unknown) =>
    new UsageError(
      `toWritable got ${describe(value)}; give a Node or web stream that can be written, or a function that makes one`,
    ),
  unknownEncoding: (encoding: unknown, cause: unknown) =>
    Object.assign(new UsageError(`decode got ${describe(encoding)}, an encoding that is not known here`), {
      cause,
    }),
  notBytes: (what: string, value: unknown) =>
    new UsageError(`${what} got ${describe(value)}; give text or bytes (Uint8Array)`),
}

export function notText(encoding: string, cause: unknown): TypeError {
  return new TypeError(
    `there are bytes that are no text in ${encoding}; put decode(…) with the right encoding first, or decode('${encoding}', { invalid: 'replace' })`,
    { cause },
  )
}

export const cutOff = () => new BrokenError('the stream was closed before everything was written')

export const closed = () => new ClosedError('this stream was closed before its end')

/** A whole number of 0 or more, or Infinity. */
export function checkNumber(what: string, count: number): number {
  if (count !== Infinity && !(Number.isInteger(count) && count >= 0)) throw usage.badNumber(what, count)
  return count
}
