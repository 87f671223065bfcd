import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { type CarrierEvents, type End, tail } from './carrier.js'
import { adopt, bury, killGroup } from './living.js'
import type { FromWorker, ToWorker } from './wire.js'

/** How long the last words of a process that is gone are waited for: somebody else may hold its pipes. */
const LAST_WORDS = 200
/** How much later a process may be gone than its channel. */
const AFTER_CHANNEL = 500

/** How user code finds itself; as this process does unless given. */
export interface Surroundings {
  /** The folder in which it runs. */
  readonly cwd?: string
  /** As whom it runs, where this process may choose. */
  readonly as?: User
}

export interface User {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly home: string
}

/** What `spawn` is told of them. */
export function spawnOptions({ cwd, as }: Surroundings, env = process.env): SpawnOptions {
  return {
    ...(cwd !== undefined && { cwd }),
    ...(as === undefined
      ? { env }
      : { uid: as.uid, gid: as.gid, env: { ...env, HOME: as.home, USER: as.name, LOGNAME: as.name } }),
  }
}

/**
 * A process with a process group and a channel of its own, and nothing that reads its standard input. It may be
 * started before it is known what it will run.
 */
export class Child<To = ToWorker, From = FromWorker> {
  readonly pid: number
  private readonly process: ChildProcess
  private events: CarrierEvents<From> | null = null
  private stderrTail = ''
  private open: number
  private end: Omit<End, 'stderrTail'> | null = null
  private isGone = false
  private rss: number | undefined
  private isCut = false

  constructor(entry: URL, surroundings: Surroundings = {}) {
    this.process = spawn(process.execPath, [fileURLToPath(entry), String(process.pid)], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc', 'pipe'],
      serialization: 'advanced',
      ...spawnOptions(surroundings),
    })
    this.pid = this.process.pid ?? 0
    if (this.pid !== 0) adopt(this.pid)
    const { stdout, stderr } = this.process
    const pipes = [stdout, stderr, this.fromWatcher]
    this.open = pipes.length + 1
    for (const pipe of pipes) pipe?.on('close', this.closed).on('error', () => {})
    stdout?.on('data', chunk => this.events?.output(chunk))
    stderr?.on('data', chunk => {
      this.stderrTail = tail(this.stderrTail, chunk)
      this.events?.output(chunk)
    })
    pipes[2]?.on('data', lines => this.watched(String(lines).trim().split('\n').at(-1)!))
    this.process.on('message', message => this.events?.message(message as From))
    this.process.on('disconnect', this.hungUp)
    this.process.on('exit', (code, signal) => this.ended({ code, signal }))
    this.process.on('error', error => {
      // Also emitted for a message to a process that has just died; that tells itself.
      if (this.pid === 0) this.ended({ code: null, signal: null, error })
    })
  }

  tell(events: CarrierEvents<From>): void {
    this.events = events
    if (this.isGone) queueMicrotask(() => events.gone(this.whole()))
  }

  post(message: To & object): void {
    if (this.process.connected) this.process.send(message, () => {})
  }

  kill(): void {
    if (this.pid !== 0 && this.end === null) killGroup(this.pid)
  }

  /** There are no pipes at all where no descriptor was free. */
  private get fromWatcher(): Readable | undefined {
    return (this.process.stdio as (Readable | undefined)[] | undefined)?.[4]
  }

  /** The last line of its watcher: the call that holds the event loop, or the memory for which it is killed. */
  private watched(line: string): void {
    if (line.startsWith('m')) this.rss = Number(line.slice(1))
    else this.events?.holds(Number(line))
  }

  private ended(end: Omit<End, 'stderrTail'>): void {
    this.end = end
    if (this.pid === 0) {
      this.finish()
      return
    }
    // What it has started ends with it, and lets go of its pipes.
    bury(this.pid)
    if (this.open === 0) this.finish()
    else setTimeout(this.finish, LAST_WORDS)
  }

  private readonly hungUp = (): void => {
    this.closed()
    // Somebody in it has closed the channel: it cannot be talked to any more.
    const late = setTimeout(() => {
      this.isCut = true
      this.kill()
    }, AFTER_CHANNEL)
    this.process.once('exit', () => clearTimeout(late))
    if (this.end !== null) clearTimeout(late)
  }

  private readonly closed = (): void => {
    this.open--
    if (this.open === 0 && this.end !== null) this.finish()
  }

  private readonly finish = (): void => {
    if (this.isGone) return
    this.isGone = true
    const { stdout, stderr } = this.process
    for (const pipe of [stdout, stderr, this.fromWatcher]) pipe?.destroy()
    this.events?.gone(this.whole())
  }

  private whole(): End {
    const { end, stderrTail, isCut } = this
    return { ...end!, stderrTail, isCut, ...(this.rss !== undefined && { rss: this.rss }) }
  }
}
