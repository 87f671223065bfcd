import type { Scope } from '../../core/index.js'
import { Engine } from '../../workers/entry/engine.js'
import type { Sink, UserFunction } from '../../workers/entry/sink.js'
import { Held } from '../../workers/held.js'
import {
  type Call,
  ENDED,
  type Loaded,
  type Outcome,
  type Usage,
  type Worker,
  type WorkerEvents,
} from '../../workers/internal.js'
import { isResponse, overloadOf } from '../../workers/overload.js'
import type { SharedObjects } from '../../workers/share/shared.js'

/** How old what is told of the use of the loop may be. */
const USAGE_MS = 20

/** The caller's own event loop as a worker: where a closure runs. It cannot be killed. */
export class LocalWorker implements Worker, Sink {
  readonly pid = process.pid
  readonly ready: Promise<Loaded> = Promise.resolve({
    options: undefined,
    loadMs: 0,
    setupMs: 0,
    usage: usageNow(0),
  })
  flushedAt = 0
  private readonly events: WorkerEvents
  private readonly engine: Engine
  private outcomes: Outcome[] = []
  private isFlushing = false
  private readonly held = new Held()
  private usage = usageNow(0)

  constructor(
    fn: UserFunction,
    scope: Scope,
    concurrency: number,
    timeout: number,
    events: WorkerEvents,
    shared: SharedObjects = {},
  ) {
    this.events = events
    this.engine = new Engine({
      fn,
      resource: undefined,
      concurrency,
      timeout,
      sink: this,
      held: this.held,
      shared,
      run: body => scope.spawn(body),
    })
  }

  unfinished(): number[] {
    return this.engine.unfinished()
  }

  send(calls: readonly Call[]): void {
    this.engine.add({
      t: 'calls',
      ids: calls.map(call => call.id),
      indexes: calls.map(call => call.index),
      attempts: calls.map(call => call.attempt),
      inputs: calls.map(call => call.input),
    })
  }

  cancel(ids: readonly number[]): void {
    this.engine.cancel(ids)
  }

  setConcurrency(concurrency: number): void {
    this.engine.setConcurrency(concurrency)
  }

  setTimeout(ms: number): void {
    this.engine.timeout = ms
  }

  async ping(): Promise<Usage> {
    return usageNow(this.held.begun)
  }

  async end(): Promise<undefined> {
    this.engine.cancelAll()
    await this.engine.idle()
    this.flush()
    this.events.exit(ENDED)
  }

  kill(): void {
    this.engine.cancelAll()
  }

  // --- as the engine's sink ------------------------------------------------------------------------------------

  done(id: number, ms: number, value: unknown): void {
    const overload = isResponse(value) ? overloadOf(value) : undefined
    this.add({ id, ms, ok: true, value, ...(overload && { overload }) })
  }

  failed(id: number, ms: number, error: unknown, cancelled: boolean): void {
    const overload = overloadOf(error)
    this.add({ id, ms, ok: false, error, cancelled, ...(overload && { overload }) })
  }

  whenOut(): boolean {
    return true
  }

  flush(): void {
    this.flushedAt = performance.now()
    const { outcomes } = this
    if (outcomes.length === 0) return
    this.outcomes = []
    // Asking for it costs as much as a small item.
    if (this.flushedAt - this.usage.at > USAGE_MS) this.usage = usageNow(this.held.begun)
    this.events.outcomes(outcomes, this.usage)
  }

  log(_id: number, text: string): void {
    process.stderr.write(`${text}\n`)
  }

  progress(id: number, value: unknown): void {
    this.events.progress?.(id, value)
  }

  private add(outcome: Outcome): void {
    this.outcomes.push(outcome)
    if (this.isFlushing) return
    this.isFlushing = true
    // What ends together is told together.
    queueMicrotask(() => {
      this.isFlushing = false
      this.flush()
    })
  }
}

function usageNow(begun: number): Usage {
  const { active, idle } = performance.eventLoopUtilization()
  return { at: performance.now(), active, idle, cpu: 0, queued: 0, loopQueued: 0, rss: 0, begun }
}
