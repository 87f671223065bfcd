import type { Snapshot } from '../debug/index.js'
import { ById } from './by-id.js'
import type { Carrier, End } from './carrier.js'
import { type Death, DeathError, judge } from './death.js'
import type { ErrorRecord } from './errors/record.js'
import { LoadError, type LoadProblem } from './load-error.js'
import { pack, unpack } from './pack.js'
import { refuseUncloneable } from './refuse.js'
import { Link } from './share/link.js'
import { showBytes } from './show-bytes.js'
import { movedOf } from './transfer.js'
import type { FromWorker } from './wire.js'
import type { Call, Loaded, Outcome, Usage, Worker, WorkerEvents, WorkerOptions } from './worker.js'

/** A worker at the other end of a carrier. */
export class RemoteWorker implements Worker {
  readonly pid: number
  readonly isHosted: boolean
  readonly ready: Promise<Loaded>
  private readonly events: WorkerEvents
  private readonly carrier: Carrier
  private readonly link = new Link(message => this.carrier.post(message))
  /** Calls without an outcome. */
  private readonly open = new ById<true>()
  private readonly pings = new Map<number, (usage: Usage | null) => void>()
  private readonly looks = new Map<number, (found: ReadonlyMap<number, Snapshot> | null) => void>()
  private pinged = 0
  private held: number | undefined
  private asked: 'ended' | 'killed' | undefined
  private problem: LoadProblem | undefined
  private teardownError: ErrorRecord | undefined
  private grown: number | undefined
  private isGone = false
  private readonly gone: Promise<void>
  private tellGone!: () => void
  private loaded!: (loaded: Loaded) => void
  private failed!: (error: Error) => void

  constructor(options: WorkerOptions, events: WorkerEvents, carrier: Carrier) {
    const {
      code,
      exportName = 'default',
      concurrency,
      timeout = Infinity,
      encode,
      locals,
      memory,
      shared,
    } = options
    this.events = events
    this.ready = new Promise((loaded, failed) => {
      this.loaded = loaded
      this.failed = failed
    })
    // Whoever does not look at it learns of the end by `exit`.
    this.ready.catch(() => {})
    this.gone = new Promise(tell => {
      this.tellGone = tell
    })
    this.carrier = carrier
    carrier.tell({
      message: message => this.take(message),
      output: chunk => (events.output ? events.output(chunk) : process.stderr.write(chunk)),
      holds: id => this.holds(id),
      gone: end => this.ended(end),
    })
    this.pid = carrier.pid
    this.isHosted = carrier.isHosted === true
    carrier.post({
      t: 'load',
      code,
      exportName,
      concurrency,
      timeout,
      encode,
      ...(locals && { locals }),
      ...(memory !== undefined && carrier.pid !== process.pid && !this.isHosted && { memory }),
      ...(shared && { shared: this.link.pack(shared)?.value ?? shared }),
      parent: process.pid,
    })
  }

  unfinished(): number[] {
    return [...this.open.keys()]
  }

  send(calls: readonly Call[], careful = false): void {
    for (const { id } of calls) this.open.set(id, true)
    try {
      this.post(calls, careful)
    } catch {
      const { fit, refused } = refuseUncloneable(calls, this.link)
      if (fit.length > 0) this.post(fit, careful)
      // Not before `send` has returned: nobody expects an answer while asking.
      if (refused.length > 0) queueMicrotask(() => this.report(refused, this.lastUsage))
    }
  }

  private post(calls: readonly Call[], careful: boolean): void {
    this.carrier.post(pack(calls, careful, this.link), movedOf(calls.map(call => call.input)))
  }

  cancel(ids: readonly number[]): void {
    this.carrier.post({ t: 'cancel', ids })
  }

  setConcurrency(value: number): void {
    this.carrier.post({ t: 'concurrency', value })
  }

  setTimeout(value: number): void {
    this.carrier.post({ t: 'timeout', value })
  }

  ping(): Promise<Usage | null> {
    if (this.isGone) return Promise.resolve(null)
    const n = ++this.pinged
    this.carrier.post({ t: 'ping', n })
    return new Promise(resolve => this.pings.set(n, resolve))
  }

  tasks(): Promise<ReadonlyMap<number, Snapshot> | null> {
    if (this.isGone) return Promise.resolve(null)
    const n = ++this.pinged
    this.carrier.post({ t: 'tasks', n })
    return new Promise(resolve => this.looks.set(n, resolve))
  }

  async end(): Promise<ErrorRecord | undefined> {
    this.asked ??= 'ended'
    this.carrier.post({ t: 'end' })
    await this.gone
    return this.teardownError
  }

  kill(): void {
    if (this.isGone) return
    this.asked = 'killed'
    this.carrier.kill()
  }

  private lastUsage: Usage = { at: 0, active: 0, idle: 0, cpu: 0, queued: 0, loopQueued: 0, rss: 0, begun: 0 }

  private take(message: FromWorker): void {
    if (this.held !== undefined) {
      this.held = undefined
      this.events.heard?.()
    }
    switch (message.t) {
      case 'outcomes':
        this.held = message.held
        this.lastUsage = message.usage
        this.report(unpack(message), message.usage)
        return
      case 'log':
        this.events.log?.(message.id, message.text)
        return
      case 'progress':
        this.events.progress?.(message.id, message.value)
        return
      case 'pong':
        this.pings.get(message.n)?.(message.usage)
        this.pings.delete(message.n)
        return
      case 'ask':
      case 'answer':
        this.link.take(message)
        return
      case 'tasks':
        this.looks.get(message.n)?.(new Map(message.calls))
        this.looks.delete(message.n)
        return
      case 'ready':
        this.loaded({
          options: message.options,
          loadMs: message.loadMs,
          setupMs: message.setupMs,
          usage: message.usage,
        })
        return
      case 'failed':
        this.asked ??= 'ended'
        this.problem = message.problem
        return
      case 'ended':
        this.teardownError = message.error
        this.grown = message.grown
    }
  }

  private report(outcomes: Outcome[], usage: Usage): void {
    // One that was abandoned may still tell of itself; it has had its outcome.
    const list = outcomes.filter(({ id }) => this.open.take(id))
    if (list.length > 0) this.events.outcomes(list, usage)
  }

  private holds(id: number): void {
    if (id === this.held || !this.open.has(id)) return
    this.held = id
    this.events.holds?.(id)
  }

  private ended(end: End): void {
    this.isGone = true
    this.link.close()
    const death = this.deathOf(end)
    this.failed(this.problem === undefined ? new DeathError(death) : new LoadError(this.problem))
    for (const answer of this.pings.values()) answer(null)
    this.pings.clear()
    for (const answer of this.looks.values()) answer(null)
    this.looks.clear()
    this.events.exit(death)
    this.tellGone()
  }

  private deathOf(end: End): Death {
    const { code, signal, stderrTail, isTogether = false } = end
    const held = this.held !== undefined && this.open.has(this.held) ? this.held : undefined
    const rest = { code, signal, stderrTail, unfinished: this.unfinished(), held, isTogether }
    if (this.asked === 'killed') return { kind: 'killed', message: 'was killed by omakase', ...rest }
    const { grown } = this
    if (grown !== undefined && code === 0)
      return { kind: 'replaced', message: `was replaced: it had grown to ${showBytes(grown)}`, ...rest }
    if (this.asked === 'ended' && code === 0) return { kind: 'ended', message: 'has ended', ...rest }
    return { ...judge(end), ...rest }
  }
}
