import type { Item, Source } from '../input/source.js'

/** The inputs, one chunk ahead at most: a slow pipe is answered line by line, and memory stays flat. */
export class Intake {
  private readonly chunks: AsyncIterator<readonly Item[]>
  private readonly notify: () => void
  private readonly skip: (item: Item) => boolean
  private chunk: readonly Item[] = []
  private at = 0
  private next: readonly Item[] | null = null
  private reading = false
  private failure: { error: unknown } | null = null
  private ended = false
  /** Items that were passed over because they have a line already. */
  skipped = 0
  /** Items that were taken, those that were passed over included. */
  seen = 0

  constructor(source: Source, notify: () => void, skip: (item: Item) => boolean) {
    this.chunks = source[Symbol.asyncIterator]()
    this.notify = notify
    this.skip = skip
  }

  /** Nothing is left, and nothing will come. Throws what reading the inputs has thrown. */
  get isDone(): boolean {
    if (this.at < this.chunk.length || this.next !== null) return false
    if (this.failure !== null) throw this.failure.error
    return this.ended
  }

  /** The next item that is there; begins to read on where there is none. */
  take(): Item | undefined {
    for (;;) {
      if (this.at === this.chunk.length) {
        if (this.next === null) {
          this.read()
          return undefined
        }
        this.chunk = this.next
        this.at = 0
        this.next = null
        // A chunk of one is a slow source: nothing is read that nobody waits for.
        if (this.chunk.length > 1) this.read()
      }
      const item = this.chunk[this.at++]
      if (item === undefined) continue
      this.seen++
      if (!this.skip(item)) return item
      this.skipped++
    }
  }

  async close(): Promise<void> {
    this.ended = true
    this.chunk = []
    this.at = 0
    this.next = null
    await this.chunks.return?.()
  }

  private read(): void {
    if (this.reading || this.ended) return
    this.reading = true
    this.chunks.next().then(
      ({ done, value }) => {
        this.reading = false
        if (done || this.ended) this.ended = true
        else this.next = value
        this.notify()
      },
      error => {
        this.reading = false
        this.ended = true
        this.failure = { error }
        this.notify()
      },
    )
  }
}
