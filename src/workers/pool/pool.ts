import type { Co } from '../../core/index.js'
import { machine, WaitQueue } from '../../core/internal.js'
import { tellsOfElsewhere } from '../../debug/elsewhere.js'
import { type Death, DeathError } from '../death.js'
import type { ErrorRecord } from '../errors/record.js'
import { reviveError } from '../errors/revive.js'
import { LoadError } from '../load-error.js'
import type { Call, Outcome, Worker, WorkerEvents } from '../worker.js'
import { type Desk, PoolCall } from './call.js'
import { Lane } from './lane.js'
import { lookInto } from './look.js'
import type { Pool, PoolStatistics } from './options.js'

/** Workers that cannot be started any more, one after the other, end the pool. */
const MOST_FAILED_STARTS = 3

export interface PoolParts {
  readonly name: string
  readonly workers: number
  readonly concurrency: number
  /** What `statistics` says of them, where that is not the number of its own. */
  workersNow?(): number
  hire(events: WorkerEvents): Worker
  /** What is said of a module that cannot be used. */
  explain(error: unknown): unknown
  dispose(): void
}

export class PoolImpl implements Pool<any>, Desk {
  readonly name: string
  private readonly parts: PoolParts
  private readonly lanes: Lane[] = []
  private readonly waiting = new WaitQueue<PoolCall<any>>()
  private nextId = 0
  private ok = 0
  private failed = 0
  private deaths = 0
  private failedStarts = 0
  private isEnding = false
  private dispatchesSoon = false
  private broken: { readonly error: unknown } | null = null
  private ended: Promise<void> | null = null
  private readonly stopTelling: () => void

  constructor(parts: PoolParts) {
    this.parts = parts
    this.name = parts.name
    for (let i = 0; i < parts.workers; i++) this.start()
    this.stopTelling = tellsOfElsewhere(() => lookInto(this.lanes))
  }

  /** Settles when the first worker is ready, or cannot be. */
  async ready(): Promise<this> {
    try {
      await Promise.race(this.lanes.map(lane => lane.worker.ready))
    } catch (error) {
      await this.end()
      throw this.parts.explain(error)
    }
    return this
  }

  call(name: string, ...args: unknown[]): Co<any> {
    const call = new PoolCall(this, name, args)
    // A coroutine has its line still when an error comes; anybody else will be somewhere else by then.
    return machine.task === null ? call.calledFrom(this.call) : call
  }

  statistics(): PoolStatistics {
    const { lanes, waiting, ok, failed, deaths } = this
    const running = lanes.reduce((sum, lane) => sum + lane.calls.size, 0)
    const workers = this.parts.workersNow?.() ?? lanes.length
    return { workers, running, waiting: waiting.length, ok, failed, deaths }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.end()
  }

  // --- as the desk of its calls ----------------------------------------------------------------------------------

  submit(call: PoolCall): void {
    if (this.broken !== null) throw this.broken.error
    if (this.isEnding) throw new Error(`the pool ${this.name} has ended; call it before its scope ends`)
    this.waiting.add(call)
    if (this.dispatchesSoon) return
    this.dispatchesSoon = true
    // Whoever else calls in this turn goes along: a message costs more than most calls.
    queueMicrotask(() => {
      this.dispatchesSoon = false
      this.dispatch()
    })
  }

  revoke(call: PoolCall): boolean {
    const { lane } = call
    if (lane === null) {
      this.waiting.remove(call)
      return true
    }
    for (const [id, other] of lane.calls.entries()) if (other === call) lane.cancel(id)
    return false
  }

  // --- workers ---------------------------------------------------------------------------------------------------

  private start(): void {
    const lane = new Lane()
    lane.worker = this.parts.hire({
      outcomes: list => {
        for (const outcome of list) this.settle(lane, outcome)
        this.dispatch()
      },
      exit: death => this.exited(lane, death),
    })
    this.lanes.push(lane)
    lane.worker.ready.then(
      () => {
        lane.isReady = true
        this.failedStarts = 0
        this.dispatch()
      },
      error => {
        // One that cannot load the module will not be able to later.
        if (error instanceof LoadError || ++this.failedStarts >= MOST_FAILED_STARTS) this.break(error)
      },
    )
  }

  private dispatch(): void {
    const { lanes, waiting, parts } = this
    const parcels = new Map<Lane, Call[]>()
    while (waiting.length > 0) {
      let least: Lane | undefined
      for (const lane of lanes)
        if (lane.isReady && lane.calls.size < (least?.calls.size ?? parts.concurrency)) least = lane
      if (least === undefined) break
      const call = this.take(least, waiting.shift()!)
      const parcel = parcels.get(least)
      if (parcel === undefined) parcels.set(least, [call])
      else parcel.push(call)
    }
    for (const [lane, calls] of parcels) lane.worker.send(calls)
  }

  private take(lane: Lane, call: PoolCall): Call {
    const id = this.nextId++
    call.lane = lane
    lane.calls.set(id, call)
    return { id, index: id, attempt: 1, input: call.input }
  }

  private settle(lane: Lane, outcome: Outcome): void {
    const call = lane.calls.take(outcome.id)
    if (call === undefined) return
    if (outcome.ok) {
      this.ok++
      call.grant(outcome.value)
      return
    }
    const error = outcome.error as ErrorRecord
    // One that went on for too long after it was cancelled is cancelled all the same.
    const isOverdue = error.name === 'TimeoutError' && call.isDue
    if (call.isCancelled && (outcome.cancelled || error.name === 'GraceError' || isOverdue)) call.giveUp()
    else if (isOverdue) call.overdue(() => this.failWith(call, error))
    else this.failWith(call, error)
  }

  private failWith(call: PoolCall, record: ErrorRecord): void {
    this.fail(call, call.stitch(revived(named(record))))
  }

  private putBack(call: PoolCall): void {
    call.lane = null
    this.waiting.add(call)
  }

  private fail(call: PoolCall, error: unknown): void {
    this.failed++
    call.reject(error)
  }

  private exited(lane: Lane, death: Death): void {
    this.lanes.splice(this.lanes.indexOf(lane), 1)
    const isReplaced = death.kind === 'replaced'
    const wasAsked = death.kind === 'ended' || this.isEnding
    if (!wasAsked && lane.isReady && death.kind !== 'killed' && !isReplaced) this.deaths++
    for (const call of lane.calls.values()) {
      if (call.isCancelled) call.giveUp()
      // It was on its way to a worker that was leaving.
      else if (isReplaced && !this.isEnding) this.putBack(call)
      else this.fail(call, new DeathError(death))
    }
    lane.calls.clear()
    if (!wasAsked && this.broken === null) this.start()
  }

  private break(error: unknown): void {
    this.broken ??= { error: this.parts.explain(error) }
    for (let call = this.waiting.shift(); call !== null; call = this.waiting.shift())
      call.reject(this.broken.error)
  }

  private end(): Promise<void> {
    this.ended ??= this.endAll()
    return this.ended
  }

  private async endAll(): Promise<void> {
    this.isEnding = true
    for (let call = this.waiting.shift(); call !== null; call = this.waiting.shift())
      call.reject(new Error(`the pool ${this.name} has ended`))
    await Promise.all(this.lanes.map(lane => endWorker(lane.worker)))
    this.stopTelling()
    this.parts.dispose()
  }
}

/** How long `teardown` may take, and what still runs. */
const END_MS = 10_000

async function endWorker(worker: Worker): Promise<void> {
  const late = setTimeout(() => worker.kill(), END_MS)
  await worker.end()
  clearTimeout(late)
}

/** On another machine a worker that dies is only heard of. */
function revived(record: ErrorRecord): unknown {
  if (record.name !== 'DeathError' || record.death === undefined) return reviveError(record)
  const error = new DeathError(record.death as Death)
  if (record.stack !== undefined)
    Object.defineProperty(error, 'stack', { value: record.stack, configurable: true, writable: true })
  return error
}

/** Arguments are called by that name, not by the way in which they travel. */
function named(error: ErrorRecord): ErrorRecord {
  return {
    ...error,
    message: error.message
      .replace(/^input\.args\[/, 'arguments[')
      .replace(/^input /, 'one of the arguments '),
  }
}
