import { tail } from '../../workers/carrier.js'
import { failed, notStarted, tooMuch } from './command-error.js'
import { type CommandProcess, Lost, type Start } from './process.js'

/** How long it may take to end after SIGTERM, before it is killed. */
const GRACE_MS = 1000
/** How long the pipes of one that has ended are waited for: somebody who left its group may hold them. */
const LAST_WORDS_MS = 200
/** What it may print: a line of output has to fit into a string. */
const MOST_OUTPUT = 64 * 2 ** 20

export type Ended =
  | { readonly ok: true; readonly output: string }
  | { readonly ok: false; readonly error: Error; readonly isCut: boolean }

export interface CommandEvents {
  /** What it writes to its standard error, as it comes. */
  output(chunk: Buffer): void
  /** Once, and last. */
  ended(end: Ended): void
}

/** A command that runs, in a process group of its own that ends with it. */
export class Command {
  private readonly words: readonly string[]
  private readonly events: CommandEvents
  private readonly process: CommandProcess
  private readonly chunks: Buffer[] = []
  private size = 0
  private stderr = ''
  private isClosed = false
  private exit: { readonly code: number | null; readonly signal: NodeJS.Signals | null } | null = null
  private problem: Error | null = null
  private isCut = false
  private timer: NodeJS.Timeout | null = null
  private isOver = false

  constructor(words: readonly [string, ...string[]], start: Start, events: CommandEvents) {
    this.words = words
    this.events = events
    this.process = start(words, {
      stdout: chunk => this.printed(chunk),
      stderr: chunk => {
        this.stderr = tail(this.stderr, chunk)
        events.output(chunk)
      },
      exited: (code, signal) => this.exited(code, signal),
      closed: () => {
        this.isClosed = true
        if (this.exit !== null) this.whole()
      },
      failed: error => {
        const isLost = error instanceof Lost && this.problem === null
        this.finish({
          ok: false,
          error: isLost ? error : (this.problem ?? notStarted(words, error)),
          isCut: this.isCut,
        })
      },
    })
  }

  /** Asks it to end, and kills it where it does not; it has failed with this error, whatever it does. */
  cut(error: Error): void {
    if (this.problem !== null || this.isOver) return
    this.problem = error
    this.isCut = true
    if (this.exit !== null) return
    this.process.signal('SIGTERM')
    this.timer = setTimeout(() => this.kill(), GRACE_MS)
  }

  kill(): void {
    if (this.exit === null) this.process.signal('SIGKILL')
  }

  private printed(chunk: Buffer): void {
    // Nobody will read it.
    if (this.problem !== null) return
    this.chunks.push(chunk)
    this.size += chunk.length
    if (this.size <= MOST_OUTPUT) return
    this.problem = tooMuch(this.words, MOST_OUTPUT, this.stderr)
    this.chunks.length = 0
    this.kill()
  }

  private exited(code: number | null, signal: NodeJS.Signals | null): void {
    this.exit = { code, signal }
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
    if (this.isClosed) this.whole()
    else this.timer = setTimeout(() => this.whole(), LAST_WORDS_MS)
  }

  private whole(): void {
    const { code, signal } = this.exit!
    const { problem, isCut, words, stderr } = this
    if (problem !== null) this.finish({ ok: false, error: problem, isCut })
    else if (code !== 0) this.finish({ ok: false, error: failed(words, code, signal, stderr), isCut: false })
    else
      this.finish({
        ok: true,
        output: Buffer.concat(this.chunks)
          .toString()
          .replace(/\r?\n$/, ''),
      })
  }

  private finish(end: Ended): void {
    if (this.isOver) return
    this.isOver = true
    if (this.timer !== null) clearTimeout(this.timer)
    this.process.close()
    this.events.ended(end)
  }
}
