import type { Co } from '../core/index.js'
import { machine } from '../core/internal.js'
import type { Channel, ChannelStatistics, Receiver, Sender } from './channel.js'
import { closed, noReceiver } from './errors.js'
import { ended, Next, Receive } from './receive.js'
import { Send } from './send.js'
import { AsyncItems } from './to-async-iterable.js'

/** A sender. */
export class SendEnd<T> implements Sender<T> {
  readonly channel: Channel<T>
  closed = false

  constructor(channel: Channel<T>) {
    this.channel = channel
    channel.senders++
  }

  send(item: T): Co<void> {
    return new Send(this, item)
  }

  trySend(item: T): boolean {
    this.check()
    return this.channel.offer(item, null)
  }

  check(): void {
    if (this.closed) throw closed('sender')
    if (this.channel.isBroken) throw noReceiver()
  }

  clone(): Sender<T> {
    if (this.closed) throw closed('sender')
    return new SendEnd(this.channel)
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    this.channel.sends.removeWhere(
      send => send.by === this,
      send => send.reject(closed('sender')),
    )
    this.channel.senderClosed()
  }

  statistics(): ChannelStatistics {
    return this.channel.statistics()
  }
}

/** A receiver. */
export class ReceiveEnd<T> implements Receiver<T> {
  readonly channel: Channel<T>
  closed = false

  constructor(channel: Channel<T>) {
    this.channel = channel
    channel.receivers++
    machine.checks?.opened(this, 'receiver')
  }

  receive(): Co<T> {
    return new Receive(this)
  }

  next(): Co<IteratorResult<T, undefined>> {
    return new Next(this)
  }

  tryReceive(): { value: T } | undefined {
    if (this.closed) throw closed('receiver')
    const item = this.channel.poll(null)
    if (item === undefined && this.channel.hasEnded) throw ended(this.channel)
    return item
  }

  clone(): Receiver<T> {
    if (this.closed) throw closed('receiver')
    return new ReceiveEnd(this.channel)
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    machine.checks?.closed(this)
    this.channel.takes.removeWhere(
      take => take.by === this,
      take => take.reject(closed('receiver')),
    )
    this.channel.receiverClosed()
  }

  [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
    return new AsyncItems(this)
  }

  statistics(): ChannelStatistics {
    return this.channel.statistics()
  }
}
