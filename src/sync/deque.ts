import { checkCount } from '../core/internal.js'
import { badSteps } from './errors.js'

/** What `statistics()` of a `Deque` tells. */
export interface DequeStatistics {
  /** How many items it holds. */
  readonly length: number
  /** How many it may hold. */
  readonly maxlen: number
}

/**
 * A double-ended queue in a ring: both ends cost the same, however long it is. With `maxlen`, what is added to a full
 * one at an end pushes one item out at the other.
 *
 * @param items what it holds at first.
 * @param maxlen how many it holds at most; no bound by default.
 * @example
 * const lastThree = new Deque([1, 2, 3, 4], 3)
 * lastThree.push(5)
 * const items = [...lastThree] // [3, 4, 5]
 * @throws UsageError unless `maxlen` is a whole number of 1 or more, or Infinity.
 * @see Python's `collections.deque`
 */
export class Deque<T> implements Iterable<T> {
  /** How many it holds at most; `Infinity` where there is no bound. */
  readonly maxlen: number
  private ring: (T | undefined)[] = new Array(16)
  private head = 0
  private size = 0

  /** Holds these items, the last of them where there are more than `maxlen`. */
  constructor(items: Iterable<T> = [], maxlen = Infinity) {
    this.maxlen = checkCount('Deque: maxlen', maxlen)
    for (const item of items) this.push(item)
  }

  /** How many items it holds. */
  get length(): number {
    return this.size
  }

  /** Adds an item at the end; gives the length. */
  push(item: T): number {
    if (this.size === this.maxlen) this.shift()
    if (this.size === this.ring.length) this.grow()
    this.ring[this.slot(this.size)] = item
    return ++this.size
  }

  /** Takes the last item; `undefined` where there is none. */
  pop(): T | undefined {
    return this.size === 0 ? undefined : this.take(this.slot(--this.size))
  }

  /** Adds an item at the beginning; gives the length. */
  unshift(item: T): number {
    if (this.size === this.maxlen) this.pop()
    if (this.size === this.ring.length) this.grow()
    this.head = this.slot(-1)
    this.ring[this.head] = item
    return ++this.size
  }

  /** Takes the first item; `undefined` where there is none. */
  shift(): T | undefined {
    if (this.size === 0) return undefined
    const { head } = this
    this.head = this.slot(1)
    this.size--
    return this.take(head)
  }

  /** The item at a place; below 0 counts from the end. */
  at(index: number): T | undefined {
    const place = Math.trunc(index) || 0
    const { size } = this
    return place < -size || place >= size ? undefined : this.ring[this.slot(place < 0 ? size + place : place)]
  }

  /**
   * Moves items from the end to the beginning; below 0, the other way round.
   *
   * @throws UsageError unless `steps` is a whole number.
   */
  rotate(steps = 1): void {
    if (!Number.isInteger(steps)) throw badSteps(steps)
    const { size } = this
    if (size < 2) return
    let right = steps % size
    if (right < 0) right += size
    if (right * 2 <= size) for (; right > 0; right--) this.unshift(this.pop() as T)
    else for (; right < size; right++) this.push(this.shift() as T)
  }

  *[Symbol.iterator](): Generator<T, undefined> {
    for (let i = 0; i < this.size; i++) yield this.at(i) as T
    return undefined
  }

  /** How many items it holds, and how many it may. */
  statistics(): DequeStatistics {
    return { length: this.size, maxlen: this.maxlen }
  }

  private slot(index: number): number {
    return (this.head + index) & (this.ring.length - 1)
  }

  private take(slot: number): T | undefined {
    const item = this.ring[slot]
    this.ring[slot] = undefined
    return item
  }

  private grow(): void {
    const { ring, head, size } = this
    this.ring = new Array(size * 2)
    for (let i = 0; i < size; i++) this.ring[i] = ring[(head + i) & (size - 1)]
    this.head = 0
  }
}
