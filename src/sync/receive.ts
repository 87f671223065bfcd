import { machine, Queued } from '../core/internal.js'
import type { Channel } from './channel.js'
import type { ReceiveEnd } from './ends.js'
import { closed, noneLeft } from './errors.js'

/** Waits for an item, and gives it as its kind gives items. */
export abstract class Take<T, R> extends Queued<R> {
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
    // There is nothing left to close.
    machine.checks?.closed(this.by)
    if (failure !== null) throw failure.error
    return this.wrapEnd()
  }

  /** What an event brings, no task does. */
  override heldBy(): [] | null {
    return this.by.channel.onBroken === null ? [] : null
  }

  describe(): string {
    return 'receive'
  }
}

export class Receive<T> extends Take<T, T> {
  protected wrap(item: T): T {
    return item
  }

  protected wrapEnd(): T {
    throw ended(this.by.channel)
  }
}

export class Next<T> extends Take<T, IteratorResult<T, undefined>> {
  protected wrap(item: T): IteratorResult<T, undefined> {
    return { done: false, value: item }
  }

  protected wrapEnd(): IteratorResult<T, undefined> {
    return { done: true, value: undefined }
  }
}

/** What is thrown at the end of a channel. */
export function ended(channel: Channel<any>): unknown {
  return channel.failure === null ? noneLeft() : channel.failure.error
}
