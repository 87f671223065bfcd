import type { Writable } from 'node:stream'
import { BrokenError, type Co, suspend } from '../core/index.js'
import { Channel, type ChannelStatistics, type Sender } from '../sync/channel.js'
import { SendEnd } from '../sync/ends.js'
import { usage } from './errors.js'

/** A sender into a stream. */
export interface Writer<in T> extends Sender<T> {
  /** Closes it, and waits until the stream has given all away. Throws the error that it met. */
  end(): Co<void>
}

/**
 * The way into a writable stream: `send(chunk)` waits while the stream's buffer is full, `trySend(chunk)` answers false
 * then. `close()` ends the stream, when all clones are closed; `end()` also waits until everything is out.
 *
 * @example
 * import { PassThrough } from 'node:stream'
 * const stream = new PassThrough()
 * const out = writer(stream)
 * yield* out.send('hello\n')
 * yield* out.end()
 * String(stream.read()) // 'hello\n'
 * @throws BrokenError, at the sender, where the stream takes no more; the stream's own error is its `cause`.
 */
export function writer<T = string | Uint8Array>(stream: Writable): Writer<T> {
  if (typeof stream?.write !== 'function') throw usage.notWritable(stream)
  return new StreamEnd<T>(new Outlet<T>(stream))
}

class StreamEnd<T> extends SendEnd<T> implements Writer<T> {
  declare readonly channel: Outlet<T>

  end(): Co<void> {
    this.close()
    return this.channel.flushed()
  }
}

/** A channel of which the stream is the receiver. */
class Outlet<T> extends Channel<T> {
  private readonly stream: Writable

  constructor(stream: Writable) {
    super(0)
    this.stream = stream
    this.receivers = 1
    stream.on('drain', () => {
      while (this.sends.length > 0 && this.hasRoom) {
        const send = this.sends.shift()!
        try {
          stream.write(send.item)
          send.grant(undefined)
        } catch (error) {
          send.reject(error)
        }
      }
    })
    stream.on('error', this.refuse)
    stream.on('close', this.refuse)
  }

  private get hasRoom(): boolean {
    return this.stream.writable && !this.stream.writableNeedDrain
  }

  override offer(item: T): boolean {
    if (this.sends.length > 0 || !this.hasRoom) return false
    this.stream.write(item)
    return true
  }

  // Says why, where the stream is at fault.
  override get isBroken(): boolean {
    if (!this.stream.writable) throw this.broken()
    return false
  }

  override senderClosed(): void {
    if (--this.senders === 0) this.stream.end()
  }

  override statistics(): ChannelStatistics {
    const { writableLength: buffered, writableHighWaterMark: capacity } = this.stream
    return { ...super.statistics(), buffered, capacity }
  }

  flushed(): Co<void> {
    const { stream } = this
    return suspend((resume, fail) => {
      const look = () => {
        if (stream.writableFinished) resume()
        else if (stream.errored !== null || stream.destroyed) fail(stream.errored ?? this.broken())
      }
      look()
      const events = ['finish', 'error', 'close']
      for (const event of events) stream.on(event, look)
      return () => {
        for (const event of events) stream.off(event, look)
      }
    })
  }

  private readonly refuse = (): void => {
    for (let send = this.sends.shift(); send !== null; send = this.sends.shift()) send.reject(this.broken())
  }

  private broken(): BrokenError {
    const { errored } = this.stream
    const error = new BrokenError(`the stream takes no more: ${errored?.message ?? 'it was closed'}`)
    if (errored !== null) error.cause = errored
    return error
  }
}
