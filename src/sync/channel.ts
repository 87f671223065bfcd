import type { Co, Receivable } from '../core/index.js'
import { type Queued, type Waiter, WaitQueue } from '../core/internal.js'
import { Deque } from './deque.js'
import { ReceiveEnd, SendEnd } from './ends.js'
import { checkCapacity, noReceiver } from './errors.js'
import type { Take } from './receive.js'
import type { Send } from './send.js'

/** What both ends of a channel tell. */
export interface ChannelStatistics {
  /** How many items are buffered. */
  readonly buffered: number
  /** How many may be. */
  readonly capacity: number
  /** How many senders are open. */
  readonly senders: number
  /** How many receivers are open. */
  readonly receivers: number
  /** How many sends wait for room. */
  readonly sending: number
  /** How many receives wait for an item. */
  readonly receiving: number
}

/** The end of a channel that gives items away. */
export interface Sender<in T> {
  /** Waits until the item is buffered or received. Throws `BrokenError` where no receiver is left. */
  send(item: T): Co<void>
  /** Sends at once, or answers false. */
  trySend(item: T): boolean
  /** Another sender of the same channel; the channel ends when all are closed. */
  clone(): Sender<T>
  /** Closes this end; closing it twice is no error. Its own sends that wait throw `ClosedError`. */
  close(): void
  /** What there is in the channel, and who waits. */
  statistics(): ChannelStatistics
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
  /** Closes this end; closing it twice is no error. Its own receives that wait throw `ClosedError`. */
  close(): void
  /** What there is in the channel, and who waits. */
  statistics(): ChannelStatistics
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
 * @see trio's `open_memory_channel`; Go's channels
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
    this.capacity = checkCapacity('channel: capacity', capacity)
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
    for (let send = this.sends.shift(); send !== null; send = this.sends.shift()) send.reject(noReceiver())
    this.onBroken?.()
  }

  statistics(): ChannelStatistics {
    const { capacity, senders, receivers } = this
    const waiting = { sending: this.sends.length, receiving: this.takes.length }
    return { buffered: this.buffer.length, capacity, senders, receivers, ...waiting }
  }
}

/** The first in the queue that is not of the same contest: nobody sends to himself. */
function otherThan<O extends Queued<any>>(queue: WaitQueue<O>, waiter: Waiter | null): O | null {
  let first = queue.peek()
  while (first !== null && waiter !== null && first.waiter === waiter) first = first.after as O | null
  return first
}
