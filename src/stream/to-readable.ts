import type { Stream } from './stream.js'

/**
 * A web `ReadableStream` of the items. Nothing is read before it is asked for; cancelling it closes the source. (For
 * Node: `Readable.from(stream)`.)
 *
 * @example
 * const encoder = new TextEncoder()
 * const body = pipe(['one', 'two'], map(word => encoder.encode(word)), toReadable())
 * yield* wait(new Response(body).text()) // 'onetwo'
 */
export function toReadable<T>(): (stream: Stream<T>) => ReadableStream<T> {
  return stream => {
    const iterator = stream[Symbol.asyncIterator]()
    return new ReadableStream<T>(
      {
        async pull(controller) {
          const { done, value } = await iterator.next()
          if (done) controller.close()
          else controller.enqueue(value)
        },
        async cancel() {
          await iterator.return!()
        },
      },
      { highWaterMark: 0 },
    )
  }
}
