/** What the buffer holds back at most, until the item that is due has come. */
export interface Bounds {
  readonly items: number
  /** The sum of the sizes that were given to `add`. */
  readonly size: number
}

const BOUNDS: Bounds = { items: 10_000, size: 64_000_000 }

/** Puts results back into the order of their items. */
export class Ordered<T> {
  readonly #emit: (value: T) => void
  readonly #bounds: Bounds
  readonly #held = new Map<number, { value: T; size: number }>()
  #due: number
  #size = 0

  /** `first` is the index of the item that is due first; `emit` gets the values in order. */
  constructor(emit: (value: T) => void, first = 0, bounds = BOUNDS) {
    this.#emit = emit
    this.#due = first
    this.#bounds = bounds
  }

  /**
   * No new item may start. Those that run may still end, and so may the one that is due, also by another attempt:
   * only it makes room.
   */
  get full(): boolean {
    return this.#held.size >= this.#bounds.items || this.#size >= this.#bounds.size
  }

  /** The index of the item that is waited for. */
  get due(): number {
    return this.#due
  }

  /** How many values are held back. */
  get held(): number {
    return this.#held.size
  }

  add(index: number, value: T, size = 0): void {
    if (index !== this.#due) {
      this.#held.set(index, { value, size })
      this.#size += size
      return
    }
    this.#due++
    this.#emit(value)
    for (let next = this.#held.get(this.#due); next; next = this.#held.get(this.#due)) {
      this.#held.delete(this.#due++)
      this.#size -= next.size
      this.#emit(next.value)
    }
  }
}
