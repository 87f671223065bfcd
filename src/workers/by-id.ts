/** Numbers that follow each other share a page. */
const SIZE = 1024

interface Page<T> {
  readonly number: number
  readonly slots: (T | undefined)[]
  size: number
}

/**
 * What is under way, by its id, in the order of the ids: these only grow. A `Map` that millions of entries pass through
 * costs 50 ns for each; here neighbours share an array, which goes when the last of them has gone and others are written.
 */
export class ById<T extends {}> {
  size = 0
  /** Of all ids: where there is but one, it is that. */
  private sum = 0
  private readonly pages = new Map<number, Page<T>>()
  /** Mostly it is the one of the time before. */
  private written: Page<T> | null = null
  private read: Page<T> | null = null
  /** What an empty one had, for the next. */
  private spare: (T | undefined)[] | null = null

  set(id: number, value: T): void {
    const number = Math.floor(id / SIZE)
    if (this.written?.number !== number) this.turnTo(number)
    const page = this.written!
    const at = id - number * SIZE
    if (page.slots[at] === undefined) {
      page.size++
      this.size++
      this.sum += id
    }
    page.slots[at] = value
  }

  get(id: number): T | undefined {
    const number = Math.floor(id / SIZE)
    if (this.read?.number !== number) {
      const page = this.pages.get(number)
      if (page === undefined) return undefined
      this.read = page
    }
    return this.read.slots[id - number * SIZE]
  }

  has(id: number): boolean {
    return this.get(id) !== undefined
  }

  /** As `get`, and it is here no more. */
  take(id: number): T | undefined {
    const value = this.get(id)
    if (value === undefined) return undefined
    const page = this.read!
    page.slots[id - page.number * SIZE] = undefined
    this.size--
    this.sum -= id
    if (--page.size === 0 && page !== this.written) this.drop(page)
    return value
  }

  clear(): void {
    this.size = this.sum = 0
    this.pages.clear()
    this.written = this.read = null
  }

  /** The id of the only one; `undefined` where there are none, or several. */
  get only(): number | undefined {
    return this.size === 1 ? this.sum : undefined
  }

  *entries(): Generator<readonly [id: number, value: T], undefined> {
    for (const { number, slots } of [...this.pages.values()].sort((a, b) => a.number - b.number))
      for (const [at, value] of slots.entries()) if (value !== undefined) yield [number * SIZE + at, value]
  }

  *keys(): Generator<number, undefined> {
    for (const [id] of this.entries()) yield id
  }

  *values(): Generator<T, undefined> {
    for (const [, value] of this.entries()) yield value
  }

  private turnTo(number: number): void {
    const { written } = this
    if (written?.size === 0) this.drop(written)
    this.written = this.pages.get(number) ?? this.add(number)
  }

  private add(number: number): Page<T> {
    const slots = this.spare ?? new Array<T | undefined>(SIZE).fill(undefined)
    this.spare = null
    const page = { number, slots, size: 0 }
    this.pages.set(number, page)
    return page
  }

  private drop(page: Page<T>): void {
    this.pages.delete(page.number)
    if (this.read === page) this.read = null
    this.spare = page.slots
  }
}
