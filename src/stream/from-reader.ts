import type { Flow } from './flow.js'
import { fromAsyncIterable } from './from-async-iterable.js'
import type { Line } from './line.js'
import type { WebReader } from './source.js'

/**
 * A web stream, by its reader: the iterator that it may have answers a `return` only after the chunk that it waits for,
 * and not every platform has one.
 */
export function fromReader<T>(line: Line, reader: WebReader<T>): Flow<T> {
  return fromAsyncIterable<T>(line, {
    [Symbol.asyncIterator]: () => ({
      next: () => reader.read() as Promise<IteratorResult<T, undefined>>,
      return: async () => {
        await reader.cancel()
        return { done: true, value: undefined }
      },
    }),
  })
}
