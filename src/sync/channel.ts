import {
  BrokenError,
  ClosedError,
  type Co,
  EndError,
  type Receivable,
  run,
  UsageError,
} from '../core/index.js'
import { Queued, type Waiter, WaitQueue } from '../core/internal.js'
import { Deque } from './deque.js'

/** The end of a channel that gives items away. */
export interface Sender<in T> {
  /** Waits until the item is buffered or received. Throws `BrokenError` where no receiver is left. */
  send(item: T): Co<void>
  /** Sends at once, or answers false. */
  trySend(item: T): boolean
  /** Another sender of the same channel; the channel ends when all are closed. */
  clone(): Sender<T>
  close(): void
}

/** The end of a channel that gets items. Also an async iterable, for async code. */
export interface Receiver<out T> extends Receivable<T>, AsyncIterable<T> {
  /** Waits for an item. Throws `EndError` when all senders are closed and nothing is left. */
  receive(): Co<T>
  /** As `receive`, but tells the end by `done: true`. */
  next(): Co<IteratorResult<T, undefined>>
  /** An item that is there now, or `undefined`. Throws `EndError` at the end. */
  tryReceive(): { value: T } | undefined
  /** Another receiver of the same channel: each item goes to one of them. */
  clone(): Receiver<T>
  close(): void
}

/**
 * A channel: what is sent is received once, in order, first come first served. A sender waits while `capacity` items
 * are buffered; with 0, the default, until its item is received.
 *
 * @example
 * const [sender, receiver] = channel<string>(10)
 * spawn(function* () {
 *   yield* sender.send('hello')
 *   sender.close()
 * })
 * yield* receiver.receive() // 'hello'
 * @throws UsageError unless `capacity` is a whole number of 0 or more, or Infinity.
 */
export function channel<T>(capacity = 0): [sender: Sender<T>, receiver: Receiver<T>] {
  const state = new Channel<T>(capacity)
  return [new SendEnd(state), new ReceiveEnd(state)]
}

/** What both ends share. Whoever can be served never waits: one of the queues is always empty. */
export class Channel<T> {
  readonly capacity: number
  readonly buffer = new Deque<T>()
  readonly sends = new WaitQueue<Send<T>>()
  readonly takes = new WaitQueue<Take<T, any>>()
  senders = 0
  receivers = 0
  /** What receivers get at the end instead of the end. */
  failure: { error: unknown } | null = null
  /** Called when the last receiver has been closed. */
  onBroken: (() => void) | null = null

  constructor(capacity: number) {
    if (capacity !== Infinity && !(Number.isInteger(capacity) && capacity >= 0))
      throw new UsageError(
        `channel got the capacity ${String(capacity)}; give a whole number of 0 or more, or Infinity`,
      )
    this.capacity = capacity
  }

  /** Hands the item to the longest waiter or the buffer; false where there is room in neither. */
  offer(item: T, waiter: Waiter | null): boolean {
    const take = otherThan(this.takes, waiter)
    if (take !== null) {
      this.takes.remove(take)
      take.give(item)
      return true
    }
    if (this.buffer.length >= this.capacity) return false
    this.buffer.push(item)
    return true
  }

  /** The next item, and room for a sender that waits for it. */
  poll(waiter: Waiter | null): { value: T } | undefined {
    if (this.buffer.length > 0) {
      const value = this.buffer.shift() as T
      const send = this.sends.shift()
      if (send !== null) {
        this.buffer.push(send.item)
        send.grant(undefined)
      }
      return { value }
    }
    const send = otherThan(this.sends, waiter)
    if (send === null) return undefined
    this.sends.remove(send)
    send.grant(undefined)
    return { value: send.item }
  }

  get hasEnded(): boolean {
    return this.senders === 0 && this.buffer.length === 0
  }

  get isBroken(): boolean {
    return this.receivers === 0
  }

  senderClosed(): void {
    if (--this.senders > 0) return
    for (let take = this.takes.shift(); take !== null; take = this.takes.shift()) take.end()
  }

  receiverClosed(): void {
    if (--this.receivers > 0) return
    for (let send = this.sends.shift(); send !== null; send = this.sends.shift()) send.reject(broken())
    this.onBroken?.()
  }
}

class SendEnd<T> implements Sender<T> {
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
    if (this.channel.isBroken) throw broken()
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
}

export class ReceiveEnd<T> implements Receiver<T> {
  readonly channel: Channel<T>
  closed = false

  constructor(channel: Channel<T>) {
    this.channel = channel
    channel.receivers++
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
    this.channel.takes.removeWhere(
      take => take.by === this,
      take => take.reject(closed('receiver')),
    )
    this.channel.receiverClosed()
  }

  [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
    return {
      next: async () => run(this.next()),
      return: async () => {
        this.close()
        return { done: true, value: undefined }
      },
    }
  }
}

class Send<T> extends Queued<void> {
  readonly by: SendEnd<T>
  readonly item: T

  constructor(by: SendEnd<T>, item: T) {
    super()
    this.by = by
    this.item = item
  }

  begin(): boolean {
    this.by.check()
    const { channel } = this.by
    if (channel.offer(this.item, this.waiter)) return true
    channel.sends.add(this)
    return false
  }

  withdraw(): boolean {
    this.by.channel.sends.remove(this)
    return true
  }

  describe(): string {
    return 'send'
  }
}

/** Waits for an item, and gives it as its kind gives items. */
abstract class Take<T, R> extends Queued<R> {
  readonly by: ReceiveEnd<T>

  constructor(by: ReceiveEnd<T>) {
    super()
    this.by = by
  }

  protected abstract wrap(item: T): R
  /** What it is at the end of the channel. */
  protected abstract wrapEnd(): R

  begin(): boolean {
    const { by } = this
    if (by.closed) throw closed('receiver')
    const item = by.channel.poll(this.waiter)
    if (item !== undefined) this.value = this.wrap(item.value)
    else if (by.channel.senders === 0) this.value = this.atEnd()
    else {
      by.channel.takes.add(this)
      return false
    }
    return true
  }

  withdraw(): boolean {
    this.by.channel.takes.remove(this)
    return true
  }

  give(item: T): void {
    this.grant(this.wrap(item))
  }

  end(): void {
    try {
      this.grant(this.atEnd())
    } catch (error) {
      this.reject(error)
    }
  }

  private atEnd(): R {
    const { failure } = this.by.channel
    if (failure !== null) throw failure.error
    return this.wrapEnd()
  }

  describe(): string {
    return 'receive'
  }
}

class Receive<T> extends Take<T, T> {
  protected wrap(item: T): T {
    return item
  }

  protected wrapEnd(): T {
    throw ended(this.by.channel)
  }
}

class Next<T> extends Take<T, IteratorResult<T, undefined>> {
  protected wrap(item: T): IteratorResult<T, undefined> {
    return { done: false, value: item }
  }

  protected wrapEnd(): IteratorResult<T, undefined> {
    return { done: true, value: undefined }
  }
}

/** The first in the queue that is not of the same contest: nobody sends to himself. */
function otherThan<O extends Queued<any>>(queue: WaitQueue<O>, waiter: Waiter | null): O | null {
  let first = queue.peek()
  while (first !== null && waiter !== null && first.waiter === waiter) first = first.after as O | null
  return first
}

function closed(end: string): ClosedError {
  return new ClosedError(`this ${end} is closed; clone() it before closing where two need one`)
}

function ended(channel: Channel<any>): unknown {
  return (
    channel.failure?.error ??
    new EndError('the channel has ended: every sender is closed and nothing is left')
  )
}

function broken(): BrokenError {
  return new BrokenError('no receiver is left: what is sent would be lost')
}
