import { hearErrors } from './hear-errors.js'
import type { Sink } from './pipe.js'
import { reading } from './reading.js'
import { type WritableLike, writeAll } from './writing.js'

/** What `toWritable` does with its target in the end. */
export interface WritableOptions {
  /** Whether the target is ended after the last item, and destroyed where the stream is broken off; true by default. */
  readonly end?: boolean
}

/**
 * Writes the items to a Node or web stream, or to one that a function makes, no faster than it takes them; gives when
 * everything has gone out. Something that others write to as well, such as `process.stdout`, wants `end: false`.
 *
 * @example
 * import { createWriteStream } from 'node:fs'
 * const rows = [[1, 2], [3, 4]]
 * yield* pipe(rows, map(row => `${row.join()}\n`), toWritable(() => createWriteStream('rows.csv')))
 * @throws what the stream fails with; UsageError where it cannot be written to.
 */
export function toWritable<T>(
  target: WritableLike<T> | (() => WritableLike<T>),
  options: WritableOptions = {},
): Sink<T, void> {
  const { end = true } = options
  const stopHearing = hearErrors(target)
  return stream =>
    reading('toWritable', stream.flow, (flow, line) => {
      stopHearing()
      return writeAll(flow, line, typeof target === 'function' ? target() : target, end)
    })
}
