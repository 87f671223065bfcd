import { Queued } from '../core/internal.js'
import type { SendEnd } from './ends.js'

/** Waits until its item is buffered or received. */
export class Send<T> extends Queued<void> {
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
