import type { Source } from '../../map/input/source.js'
import type { ChunkItem } from './chunk.js'

type Next = IteratorResult<readonly ChunkItem[], undefined>

/** The items of a run as its chunks come in; ends when the run does. */
export class ChunkSource implements Source, AsyncIterator<readonly ChunkItem[], undefined> {
  private readonly onHunger: () => void
  private readonly ready: (readonly ChunkItem[])[] = []
  private waiting: ((next: Next) => void) | null = null
  private isEnded = false

  constructor(onHunger: () => void) {
    this.onHunger = onHunger
  }

  /** More is wanted than there is. */
  get isHungry(): boolean {
    return this.waiting !== null
  }

  push(items: readonly ChunkItem[]): void {
    if (items.length === 0) return
    const { waiting } = this
    this.waiting = null
    if (waiting === null) this.ready.push(items)
    else waiting({ done: false, value: items })
  }

  end(): void {
    this.isEnded = true
    this.waiting?.({ done: true, value: undefined })
    this.waiting = null
  }

  next(): Promise<Next> {
    const value = this.ready.shift()
    if (value !== undefined) return Promise.resolve({ done: false, value })
    if (this.isEnded) return Promise.resolve({ done: true, value: undefined })
    return new Promise(resolve => {
      this.waiting = resolve
      this.onHunger()
    })
  }

  async return(): Promise<Next> {
    this.ready.length = 0
    this.end()
    return { done: true, value: undefined }
  }

  progress(): undefined {}

  [Symbol.asyncIterator](): this {
    return this
  }
}
