import { CancelledError } from '../../core/errors.js'
import type { Task, TaskImpl } from '../../core/task.js'
import type { Coroutine } from '../../core/types.js'
import { ById } from '../by-id.js'
import type { CarriedLocals } from '../carried.js'
import type { Held } from '../held.js'
import type { SharedObjects } from '../share/shared.js'
import type { Calls } from '../wire.js'
import { Attempt, timedOut } from './attempt.js'
import { ItemContext } from './item-context.js'
import type { Owners } from './owners.js'
import type { Sink, UserFunction } from './sink.js'

/** How long calls go on without giving the event loop back or passing on what is done, in milliseconds. */
const SLICE = 10

export interface EngineOptions {
  readonly fn: UserFunction
  readonly resource: unknown
  readonly concurrency: number
  /** Milliseconds for one attempt; Infinity for no bound. */
  readonly timeout: number
  readonly sink: Sink
  readonly held: Held
  /** Absent where errors that nobody catches are the business of somebody else. */
  readonly owners?: Owners
  /** Whether it is time for another worker: asked when an item has ended. */
  readonly isSpent?: (now: number) => boolean
  /** It is, and nothing runs any more. What waits was not begun. */
  readonly spent?: () => void
  readonly shared?: SharedObjects
  /** What every coroutine sees, where they run as roots. */
  readonly locals?: CarriedLocals | undefined
  /** Where coroutines run; each as a root unless given. */
  readonly run?: (body: Coroutine<unknown>) => Task<unknown>
}

/** Runs calls in the order in which they came, `concurrency` at once. Knows nothing of processes. */
export class Engine {
  readonly sink: Sink
  timeout: number
  readonly run: EngineOptions['run']
  readonly locals: CarriedLocals | undefined
  readonly shared: SharedObjects
  private readonly fn: UserFunction
  private readonly resource: unknown
  private readonly held: Held
  private readonly owners: Owners | undefined
  private readonly running = new ById<Attempt>()
  private readonly withdrawn = new Set<number>()
  private batches: Calls[] = []
  private at = 0
  private abandoned = 0
  private concurrency: number
  private pumping = false
  private turnBegan = 0
  private turnEnds = false
  private flushesSoon = false
  private isRetiring = false
  private readonly isSpent: EngineOptions['isSpent']
  private readonly spent: EngineOptions['spent']
  private whenIdle: (() => void) | null = null

  constructor(options: EngineOptions) {
    this.fn = options.fn
    this.resource = options.resource
    this.concurrency = options.concurrency
    this.timeout = options.timeout
    this.sink = options.sink
    this.held = options.held
    this.owners = options.owners
    this.run = options.run
    this.isSpent = options.isSpent
    this.spent = options.spent
    this.locals = options.locals
    this.shared = options.shared ?? {}
  }

  /** The calls that run or wait, in the order in which they came. */
  unfinished(): number[] {
    return [...this.running.keys(), ...this.waiting]
  }

  add(calls: Calls): void {
    this.batches.push(calls)
    this.pump()
  }

  setConcurrency(value: number): void {
    this.concurrency = value
    this.pump()
  }

  cancel(ids: readonly number[]): void {
    const waiting = new Set(this.waiting)
    for (const id of ids) {
      const attempt = this.running.get(id)
      if (attempt !== undefined) attempt.cancel()
      else if (waiting.has(id) && !this.withdrawn.has(id)) this.withdraw(id)
    }
  }

  cancelAll(): void {
    this.cancel(this.unfinished())
  }

  /** Of each call that is a coroutine, its task. */
  tasks(): (readonly [id: number, task: TaskImpl])[] {
    return [...this.running.entries()].flatMap(([id, { task }]) =>
      task === null ? [] : [[id, task as TaskImpl] as const],
    )
  }

  /** Settles when nothing runs and nothing waits. */
  idle(): Promise<void> {
    return new Promise(resolve => {
      this.whenIdle = resolve
      this.noteIdle()
    })
  }

  /** Called by an attempt, once. */
  ended(attempt: Attempt, ok: boolean, given: unknown, cancelled: boolean): void {
    const { id } = attempt
    this.running.take(id)
    this.noteSole()
    const now = performance.now()
    const ms = now - attempt.began
    this.owners?.measured(ms)
    if (ok) this.sink.done(id, ms, given)
    else this.sink.failed(id, ms, given, cancelled)
    this.look(now)
    this.pump(now)
    this.noteIdle()
  }

  /** An attempt that was given up goes on somewhere, and may hold the event loop as well as any other. */
  noteAbandoned(change: 1 | -1): void {
    this.abandoned += change
    this.noteSole()
  }

  private noteSole(): void {
    this.held.setSole(this.abandoned === 0 ? this.running.only : undefined)
  }

  private get waiting(): number[] {
    return this.batches.flatMap(({ ids }, nth) => [...(nth === 0 ? ids.slice(this.at) : ids)])
  }

  private withdraw(id: number): void {
    this.withdrawn.add(id)
    this.sink.failed(id, 0, new CancelledError('the item was cancelled before it began'), true)
    this.endTurnSoon(performance.now())
  }

  private pump(now = performance.now()): void {
    if (this.pumping) return
    this.pumping = true
    this.endTurnSoon(now)
    while (this.running.size < this.concurrency && !this.isRetiring) {
      const batch = this.batches[0]
      if (batch === undefined) break
      // What is done is passed on before anything else begins: that may never end, or end the process.
      if (batch.careful === true || now - this.sink.flushedAt > SLICE) this.sink.flush()
      if (now - this.turnBegan > SLICE || (batch.careful === true && !this.sink.whenOut(this.goOn))) break
      const i = this.at++
      if (this.at === batch.ids.length) {
        this.batches.shift()
        this.at = 0
      }
      if (this.withdrawn.size === 0 || !this.withdrawn.delete(batch.ids[i]!)) now = this.begin(batch, i, now)
    }
    this.pumping = false
  }

  private readonly goOn = (): void => this.pump()

  private look(now: number): void {
    if (this.isSpent === undefined) return
    this.isRetiring ||= this.isSpent(now)
    if (!this.isRetiring || this.running.size > 0) return
    this.spent!()
  }

  private begin(batch: Calls, i: number, began: number): number {
    const id = batch.ids[i]!
    const attempt = new Attempt(this, id, began)
    const context = new ItemContext(attempt, batch.indexes[i]!, batch.attempts[i]!, this.resource)
    this.held.take(id)
    let ok = true
    let given: unknown
    try {
      const { fn, owners } = this
      const input = batch.inputs[i]
      given = owners === undefined ? fn(input, context) : owners.run(attempt, fn, input, context)
      if (typeof given === 'object' && given !== null && attempt.follow(given)) {
        this.running.set(id, attempt)
        this.noteSole()
        this.held.release()
        // Where nothing more may begin, nobody asks.
        return this.running.size < this.concurrency ? performance.now() : began
      }
    } catch (error) {
      ok = false
      given = error
    }
    attempt.over = true
    const now = performance.now()
    const ms = now - began
    this.owners?.measured(ms)
    if (!ok) this.sink.failed(id, ms, given, false)
    else if (ms > this.timeout) this.sink.failed(id, ms, timedOut(this.timeout), false)
    else this.sink.done(id, ms, given)
    this.held.release()
    this.look(now)
    return now
  }

  /** All that ends in one turn of the event loop goes in one message; and messages in, pings and timers get theirs. */
  private endTurnSoon(now: number): void {
    if (this.turnEnds) return
    this.turnEnds = true
    this.turnBegan = now
    setImmediate(this.endTurn)
  }

  private readonly endTurn = (): void => {
    this.turnEnds = false
    // A message costs 50 µs: turns that come thick and fast share one, unless somebody waits for it.
    if (this.isIdle || performance.now() - this.sink.flushedAt >= 1) this.sink.flush()
    else if (!this.flushesSoon) {
      this.flushesSoon = true
      setTimeout(this.flushSoon, 1)
    }
    this.noteIdle()
    if (this.batches.length > 0 && this.running.size < this.concurrency) this.pump()
  }

  private readonly flushSoon = (): void => {
    this.flushesSoon = false
    this.sink.flush()
  }

  private get isIdle(): boolean {
    return this.running.size === 0 && this.batches.length === 0
  }

  private noteIdle(): void {
    if (this.whenIdle === null || !this.isIdle) return
    this.whenIdle()
    this.whenIdle = null
  }
}
