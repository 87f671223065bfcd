import type { Coroutine } from '../core/internal.js'
import { channel, type Receiver, type Sender } from '../sync/index.js'
import { END, type Flow, next } from './flow.js'
import type { Line } from './line.js'
import type { Stream } from './stream.js'

/**
 * The items of several streams as they come. A task reads each, one item ahead, from the first time on that somebody
 * receives; an error of one fails the run.
 */
export function ahead<T>(line: Line, streams: readonly Stream<T>[]): () => Receiver<T> {
  const flows = streams.map(stream => stream.flow(line.fork()))
  let receiver: Receiver<T> | undefined
  return () => {
    if (receiver !== undefined) return receiver
    const [sender, opened] = channel<T>()
    for (const flow of flows) line.spawn(forward(flow, sender.clone()), 'reader')
    sender.close()
    receiver = opened
    return opened
  }
}

function* forward<T>(flow: Flow<T>, sender: Sender<T>): Coroutine<void> {
  for (let item = yield* next(flow); item !== END; item = yield* next(flow)) yield* sender.send(item)
  sender.close()
}
