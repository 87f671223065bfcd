/** A double-ended queue in a ring: both ends cost the same, however long it is. */
export class Deque<T> {
  private ring: (T | undefined)[] = new Array(16)
  private head = 0
  length = 0

  push(item: T): void {
    if (this.length === this.ring.length) this.grow()
    this.ring[(this.head + this.length) & (this.ring.length - 1)] = item
    this.length++
  }

  /** The oldest item; `undefined` where there is none. */
  shift(): T | undefined {
    if (this.length === 0) return undefined
    const item = this.ring[this.head]
    this.ring[this.head] = undefined
    this.head = (this.head + 1) & (this.ring.length - 1)
    this.length--
    return item
  }

  private grow(): void {
    const { ring, head, length } = this
    this.ring = new Array(length * 2)
    for (let i = 0; i < length; i++) this.ring[i] = ring[(head + i) & (length - 1)]
    this.head = 0
  }
}
