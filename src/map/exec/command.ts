import { type ChildProcess, spawn } from 'node:child_process'
import { guard, MARK } from '../../node/process/guard.js'
import { tail } from '../../workers/carrier.js'
import { killGroup } from '../../workers/living.js'
import { failed, notStarted, tooMuch } from './command-error.js'

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
  private readonly process: ChildProcess | null = null
  private readonly pid: number = 0
  private readonly chunks: Buffer[] = []
  private size = 0
  private stderr = ''
  private open = 3
  private exit: { readonly code: number | null; readonly signal: NodeJS.Signals | null } | null = null
  private problem: Error | null = null
  private isCut = false
  private timer: NodeJS.Timeout | null = null
  private isOver = false

  constructor(words: readonly [string, ...string[]], events: CommandEvents) {
    const [program, ...args] = words
    this.words = words
    this.events = events
    const token = guard.expect()
    const fail = (error: Error) => {
      guard.notStarted(token)
      this.finish({ ok: false, error: notStarted(words, error), isCut: false })
    }
    try {
      this.process = spawn(program, args, {
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, [MARK]: token },
        windowsHide: true,
      })
    } catch (error) {
      queueMicrotask(() => fail(error as Error))
      return
    }
    const { pid = 0, stdout, stderr } = this.process
    this.pid = pid
    this.process.on('error', error => {
      if (pid === 0) fail(error)
    })
    if (pid === 0) return
    guard.watch(token, -pid)
    stdout!.on('data', chunk => this.printed(chunk))
    stderr!.on('data', chunk => {
      this.stderr = tail(this.stderr, chunk)
      events.output(chunk)
    })
    for (const pipe of [stdout!, stderr!]) pipe.on('close', this.closed).on('error', () => {})
    this.process.on('exit', (code, signal) => this.exited(code, signal))
  }

  /** Asks it to end, and kills it where it does not; it has failed with this error, whatever it does. */
  cut(error: Error): void {
    if (this.problem !== null || this.isOver) return
    this.problem = error
    this.isCut = true
    if (this.exit !== null) return
    this.signal('SIGTERM')
    this.timer = setTimeout(() => this.kill(), GRACE_MS)
  }

  kill(): void {
    if (this.exit === null) this.signal('SIGKILL')
  }

  private signal(name: NodeJS.Signals): void {
    if (this.pid === 0) return
    try {
      process.kill(-this.pid, name)
    } catch {
      // It is gone, and that will be told.
    }
  }

  private printed(chunk: Buffer): void {
    this.chunks.push(chunk)
    this.size += chunk.length
    if (this.size <= MOST_OUTPUT || this.problem !== null) return
    this.problem = tooMuch(this.words, MOST_OUTPUT, this.stderr)
    this.chunks.length = 0
    this.process!.stdout!.destroy()
    this.kill()
  }

  private exited(code: number | null, signal: NodeJS.Signals | null): void {
    this.exit = { code, signal }
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
    // What it has started and left behind ends with it.
    killGroup(this.pid)
    guard.forget(-this.pid)
    this.closed()
    if (!this.isOver) this.timer = setTimeout(() => this.whole(), LAST_WORDS_MS)
  }

  private readonly closed = (): void => {
    if (--this.open === 0) this.whole()
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
    const { stdout, stderr } = this.process ?? {}
    stdout?.destroy()
    stderr?.destroy()
    this.events.ended(end)
  }
}
