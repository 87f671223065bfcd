import type { Readable } from 'node:stream'
import { BrokenError } from '../core/index.js'
import type { Waiter } from '../core/internal.js'
import { Channel, type ChannelStatistics, type Receiver } from '../sync/channel.js'
import { ReceiveEnd } from '../sync/ends.js'
import { usage } from './errors.js'

/**
 * The chunks of a readable stream, as they become ready: `receive()` waits for one, `tryReceive()` takes what is there
 * now, and where nobody asks, nothing is read. An error of the stream is thrown at the receiver; its end is the
 * receiver's end. Closing the receiver destroys the stream.
 *
 * @example
 * import { createReadStream } from 'node:fs'
 * let bytes = 0
 * yield* forEach(reader(createReadStream('notes.txt')), chunk => {
 *   bytes += chunk.length
 * })
 * bytes // 8
 * @throws BrokenError, at the receiver, where the stream was closed before its end.
 */
export function reader<T = Buffer>(stream: Readable): Receiver<T> {
  if (typeof stream?.read !== 'function') throw usage.notReadable(stream)
  return new ReceiveEnd(new Inlet<T>(stream))
}

/** A channel that has no sender but the stream, and asks it when somebody wants an item. */
export class Inlet<T> extends Channel<T> {
  private readonly stream: Readable
  private unasked: 'waits' | 'is kept' | 'is dropped' = 'waits'

  constructor(stream: Readable) {
    super(Infinity)
    this.stream = stream
    this.senders = 1
    // An error that comes of closing is nobody's concern any more.
    stream.on('error', () => this.endBroken())
    this.onBroken = () => stream.destroy()
    if (stream.readableEnded) this.end()
    else if (stream.destroyed) this.endBroken()
    else {
      stream.on('readable', this.serve)
      stream.on('end', () => this.end())
      stream.on('close', () => this.endBroken())
    }
  }

  /** From now on all that comes is read and kept: who writes there has ended, or soon will. */
  keep(): void {
    this.unasked = 'is kept'
    this.serve()
  }

  /** From now on what nobody waits for is read and dropped: who writes there is to end. */
  drop(): void {
    this.unasked = 'is dropped'
    this.serve()
  }

  override poll(waiter: Waiter | null): { value: T } | undefined {
    if (this.buffer.length > 0) return super.poll(waiter)
    // What has come is for those who wait already; they are told in a moment.
    if (this.senders === 0 || this.takes.length > 0) return undefined
    const value = this.stream.read()
    return value === null ? undefined : { value }
  }

  override statistics(): ChannelStatistics {
    const { stream } = this
    const buffered = this.buffer.length + stream.readableLength
    return { ...super.statistics(), buffered, capacity: stream.readableHighWaterMark }
  }

  private readonly serve = (): void => {
    while (this.senders > 0 && (this.unasked !== 'waits' || this.takes.length > 0)) {
      const value = this.stream.read()
      if (value === null) return
      if (this.unasked !== 'is dropped' || this.takes.length > 0) this.offer(value, null)
    }
  }

  private end(): void {
    if (this.senders > 0) this.senderClosed()
  }

  private endBroken(): void {
    if (this.senders === 0) return
    const { errored } = this.stream
    this.failure = { error: errored ?? new BrokenError('the stream was closed before its end') }
    this.end()
  }
}
