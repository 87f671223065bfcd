import type { OutputClosed, OutputFailed } from './failure.js'
import { failure } from './failure.js'
import type { Sink } from './sink.js'

const WRITE = 65_536
const FULL = 1_048_576

/** Writes lines in as few writes as it takes: one a turn, or one for each 64 kB. */
export class LineWriter {
  /** Fulfilled with the error that ended the writing; lines after it are dropped. Never rejected. */
  readonly failed: Promise<OutputClosed | OutputFailed>
  readonly #sink: Sink
  readonly #tell: (error: OutputClosed | OutputFailed) => void
  #lines: string[] = []
  // Characters that were taken and are not yet written.
  #size = 0
  #error: OutputClosed | OutputFailed | undefined
  #soon: NodeJS.Immediate | undefined
  #busy = false
  #writing: Promise<void> | undefined
  #room: Array<() => void> = []

  constructor(sink: Sink) {
    this.#sink = sink
    let tell!: (error: OutputClosed | OutputFailed) => void
    this.failed = new Promise(done => {
      tell = done
    })
    this.#tell = tell
  }

  /** Takes whole lines, each with its LF. */
  write(lines: string): void {
    if (this.#error || lines === '') return
    this.#lines.push(lines)
    this.#size += lines.length
    if (this.#busy) return
    if (this.#size >= WRITE) this.#start()
    else this.#soon ??= setImmediate(() => this.#start())
  }

  /** The reader is slower than we are: hand over no more until `ready()`. */
  get full(): boolean {
    return this.#size >= FULL
  }

  /** Fulfilled when there is room, or when writing has failed. */
  ready(): Promise<void> {
    if (!this.full) return Promise.resolve()
    return new Promise(done => this.#room.push(done))
  }

  /**
   * Everything that was taken has been written.
   *
   * @throws {OutputClosed | OutputFailed}
   */
  async flush(): Promise<void> {
    while (this.#size > 0) {
      if (!this.#busy) this.#start()
      await this.#writing
    }
    if (this.#error) throw this.#error
  }

  /** Flushes and closes. */
  async close(): Promise<void> {
    try {
      await this.flush()
    } finally {
      await this.#sink.close()
    }
  }

  #start(): void {
    clearImmediate(this.#soon)
    this.#soon = undefined
    this.#busy = true
    this.#writing = this.#run()
  }

  async #run(): Promise<void> {
    try {
      while (this.#lines.length > 0) {
        const text = this.#take()
        await this.#sink.write(Buffer.from(text))
        this.#size -= text.length
        this.#wake()
      }
    } catch (error) {
      this.#error = failure(this.#sink.name, error)
      this.#lines = []
      this.#size = 0
      this.#wake()
      this.#tell(this.#error)
    } finally {
      this.#busy = false
    }
  }

  /** About as much as one write should hold; very long lines may not fit into one string together. */
  #take(): string {
    if (this.#size <= FULL) {
      const text = this.#lines.join('')
      this.#lines = []
      return text
    }
    let count = 0
    for (let size = 0; count < this.#lines.length && size < FULL; count++) size += this.#lines[count]!.length
    return this.#lines.splice(0, count).join('')
  }

  #wake(): void {
    if (this.full) return
    const room = this.#room
    this.#room = []
    for (const done of room) done()
  }
}
