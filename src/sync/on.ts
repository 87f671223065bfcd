import { BrokenError } from '../core/index.js'
import { checkCount, type EmitterLike, type EventSource, listen } from '../core/internal.js'
import { Channel, type Receiver } from './channel.js'
import { ReceiveEnd } from './ends.js'

/** What becomes of events that nobody has received yet. */
export interface OnOptions {
  /** How many events are kept until they are received; 1024 by default. */
  readonly capacity?: number
  /** What happens to one more: the receiver fails (the default), the oldest goes, or the new one does. */
  readonly overflow?: 'fail' | 'dropOldest' | 'dropNewest'
}

/**
 * The events of a target, from now on: the event of an `EventTarget`, or the array of arguments of an
 * `EventEmitter`, whose `error` is thrown at the receiver. Closing the receiver removes the listeners.
 *
 * @example
 * import { EventEmitter } from 'node:events'
 * const emitter = new EventEmitter()
 * const lines = on<[string]>(emitter, 'line')
 * emitter.emit('line', 'hello')
 * yield* lines.receive() // ['hello']
 * lines.close()
 * @throws UsageError where the target sends no events, and unless `capacity` is
 *   a whole number of 1 or more, or Infinity.
 */
export function on<E = Event>(target: EventTarget, event: string, options?: OnOptions): Receiver<E>
export function on<A extends unknown[] = any[]>(
  target: EmitterLike,
  event: string | symbol,
  options?: OnOptions,
): Receiver<A>
export function on(target: EventSource, event: string | symbol, options: OnOptions = {}): Receiver<any> {
  const { overflow = 'fail' } = options
  const channel = new Channel<any>(checkCount('on: capacity', options.capacity ?? 1024))
  channel.senders = 1
  const stop = listen(
    target,
    event,
    heard => {
      if (channel.offer(heard, null)) return
      if (overflow === 'fail') fail(new BrokenError(tooMany(event, channel.capacity)))
      else if (overflow === 'dropOldest') {
        channel.buffer.shift()
        channel.buffer.push(heard)
      }
    },
    fail,
  )
  channel.onBroken = stop
  function fail(error: unknown): void {
    stop()
    channel.failure = { error }
    channel.senderClosed()
  }
  return new ReceiveEnd(channel)
}

function tooMany(event: string | symbol, capacity: number): string {
  return `more than ${capacity} "${String(event)}" events waited to be received; receive faster, or set capacity or overflow`
}
