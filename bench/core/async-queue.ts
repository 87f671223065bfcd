/** The queue that one would write by hand for promises: bounded, and waiting only where it must. */
export class AsyncQueue<T> {
  private readonly capacity: number
  private readonly ring: T[] = []
  private head = 0
  private length = 0
  private readonly takers: ((item: T) => void)[] = []
  private readonly putters: (() => void)[] = []

  constructor(capacity: number) {
    this.capacity = capacity
    this.ring.length = capacity
  }

  put(item: T): Promise<void> | undefined {
    const taker = this.takers.shift()
    if (taker !== undefined) {
      taker(item)
      return undefined
    }
    if (this.length < this.capacity) {
      this.push(item)
      return undefined
    }
    return new Promise(resolve => {
      this.putters.push(() => {
        this.push(item)
        resolve()
      })
    })
  }

  take(): Promise<T> | T {
    if (this.length === 0) return new Promise(resolve => this.takers.push(resolve))
    const item = this.ring[this.head]!
    this.head = (this.head + 1) % this.capacity
    this.length--
    this.putters.shift()?.()
    return item
  }

  private push(item: T): void {
    this.ring[(this.head + this.length) % this.capacity] = item
    this.length++
  }
}
