import { run as runTask, type Task } from '../../core/index.js'
import type { Settings } from '../../map/options/options.js'
import { jobOf, type Prepared } from '../../map/prepare.js'
import { type Live, runJob } from '../../map/run/job.js'
import { BadUsage } from '../../workers/bad-usage.js'
import { cores } from '../../workers/cores.js'
import type { Child, CodeFile, Death, Surroundings, Worker } from '../../workers/internal.js'
import { packOutputs, unpackInputs } from '../engine/codec.js'
import type { Engine } from '../engine/engine.js'
import { leaseOf, recordOf, resultsOf } from '../engine/keys.js'
import type { About, Chunk, Order, Room } from '../engine/messages.js'
import { LEASE_MS } from '../engine/scripts.js'
import { ChunkItem, type HeldChunk } from './chunk.js'
import { ChunkSource } from './chunk-source.js'
import { placed } from './placed.js'
import { prepareHere } from './prepare-here.js'
import { Reporter } from './reporter.js'
import { tasksHere } from './tasks-here.js'

const LOOK_EVERY_MS = 1000
const MOST_UNWANTED = LEASE_MS / LOOK_EVERY_MS
/** So soon the coordinator hears that more could be worked on here. */
const ROOM_EVERY_MS = 25

/** What is to be run, and where. */
export interface Found {
  readonly about: About
  readonly code: string
  readonly file: CodeFile
  readonly surroundings: Surroundings
  /** A process that has been started before. */
  readonly first?: Child | undefined
}

export interface SiteEvents {
  /** Its workers could do more than they have. */
  hungry(): void
  /** All of a chunk has ended, and the coordinator can know. */
  finished(chunk: HeldChunk): void
  /** Nothing more comes of it. */
  over(site: Site): void
}

/** One run on this machine: chunks come in, and its function runs over their items as it does anywhere. */
export class Site {
  readonly run: string
  private readonly engine: Engine
  private readonly by: string
  private readonly about: About
  private readonly events: SiteEvents
  private readonly source: ChunkSource
  private readonly reporter: Reporter
  private readonly prepared: Prepared
  private readonly task: Task<Live>
  private readonly chunks = new Set<HeldChunk>()
  private readonly timers: NodeJS.Timeout[]
  private told: Room = { seats: 0, slots: 0 }
  private readonly workers = new Set<Worker>()
  private live: Live | null = null
  private end = (): void => {}
  /** When nothing more comes of it. */
  readonly ended = new Promise<void>(resolve => {
    this.end = resolve
  })
  private stage = 0
  /** Of workers, as they have been told. */
  private deaths = 0
  private isLooking = false
  /** So often in a row nobody was there who wanted it. */
  private unwanted = 0
  isOver = false
  /** Nobody wants what it does; should somebody again, another one does it. */
  isDropped = false
  /** Its coordinator has stopped it: it does not come again. */
  isStopped = false
  /** Why the function cannot be used here. */
  problem: string | null = null

  constructor(engine: Engine, run: string, by: string, found: Found, events: SiteEvents) {
    const { about } = found
    this.engine = engine
    this.run = run
    this.by = by
    this.about = about
    this.events = events
    this.source = new ChunkSource(events.hungry)
    this.reporter = new Reporter(engine, run, by, about, chunk => this.finish(chunk))
    const { settings, pool } = about
    this.prepared = prepareHere(found, {
      log: (text, id) => this.reporter.log(this.idOf(id), text),
      progress: (id, value) => this.reporter.progress(this.idOf(id), value),
    })
    const job = jobOf(this.prepared, this.source, this.reporter, settings)
    this.task = runTask(
      runJob({
        ...job,
        hire: (events, ...rest) => {
          const exit = (death: Death) => {
            this.workers.delete(worker)
            events.exit(death)
          }
          const worker: Worker = job.hire(
            placed({ ...events, exit }, by, () => worker.pid),
            ...rest,
          )
          this.workers.add(worker)
          return worker
        },
        settle: loaded => {
          if (loaded !== null) this.reporter.tell({ loaded })
          // Retries, limits and the like are the coordinator's.
          const { on, isolate, timeout, memory, workers, batch } = job.settle(loaded)
          return {
            on,
            retries: 0,
            ordered: false,
            ...(pool && planOf(pool)),
            ...(isolate !== undefined && { isolate }),
            ...(timeout !== undefined && { timeout }),
            ...(memory !== undefined && { memory }),
            ...(workers !== undefined && { workers }),
            ...(batch !== undefined && { batch }),
          }
        },
        failsWithWorker: pool !== undefined,
        skip: item => {
          const { chunk, isDone } = item as ChunkItem
          ;(item as ChunkItem).isTaken = true
          return isDone || chunk.isLost
        },
        watch: live => {
          this.live = live
          this.reporter.isIdle = () => live.inFlight === 0
        },
      }),
      { name: `run ${run}` },
    )
    this.task.settled().then(exit => {
      if (exit.status === 'failed') {
        this.problem = told(exit.error)
        this.reporter.tell({ unusable: this.problem })
      }
      void this.leave()
    })
    this.timers = [
      setInterval(() => void this.look(), LOOK_EVERY_MS),
      setInterval(() => this.tellRoom(), ROOM_EVERY_MS),
    ]
  }

  get isHungry(): boolean {
    return this.source.isHungry && !this.isOver
  }

  get done(): number {
    return this.reporter.done
  }

  /** What could be worked on at once; cores while nothing is known. */
  get room(): Room {
    const plan = this.live?.planner.plan
    const seats = plan?.workers ?? cores()
    const items = plan == null || plan.concurrency > 1 ? (this.live?.wanted ?? 0) : 0
    return { seats, slots: Math.max(seats, items) }
  }

  get processes(): number {
    return this.live?.lanes.length ?? 0
  }

  /** Resident, of its processes, in bytes. */
  get memory(): number {
    return this.live?.lanes.reduce((sum, { usage }) => sum + (usage?.rss ?? 0), 0) ?? 0
  }

  private tellRoom(): void {
    const { room, told } = this
    if (this.live === null || this.isOver || (room.seats === told.seats && room.slots === told.slots)) return
    this.told = room
    this.reporter.tell({ room })
  }

  /** Takes in a chunk, whose text has been verified. */
  take(
    text: string,
    make: (isAlone: boolean, make: (chunk: HeldChunk) => readonly ChunkItem[]) => HeldChunk,
  ): void {
    const { ids, indexes, attempts, inputs, isAlone = false } = JSON.parse(text) as Chunk
    const list = unpackInputs(this.about.encode, inputs)
    const chunk = make(isAlone, held =>
      ids.map((id, at) => new ChunkItem(indexes[at]!, list[at], id, attempts[at]!, held)),
    )
    this.chunks.add(chunk)
    if (chunk.items.length === 0) this.finish(chunk)
    else if (this.isOver || this.stage > 0) this.reporter.giveBack(chunk.items)
    else if (chunk.job.stalledCounter > 0 && !isAlone) this.ask(chunk)
    else if (!isAlone) this.source.push(chunk.items)
  }

  /** Others may have begun it before, or may have died of it: what of it is to be run is the coordinator's to say. */
  ask(chunk: HeldChunk): void {
    const { number, token, job } = chunk
    chunk.isAsking = chunk.wasAsked = true
    this.reporter.tell({ asked: [{ chunk: number, token, times: job.stalledCounter }] })
  }

  /** Somebody else has it now. */
  lose(chunk: HeldChunk): void {
    chunk.isLost = true
    this.chunks.delete(chunk)
    this.reporter.tell({ lost: [{ chunk: chunk.number, token: chunk.token }] })
    this.live?.cancel(item => (item as ChunkItem).chunk === chunk)
  }

  order(order: Order): void {
    if (order.t === 'stage') this.stoppedAt(order.stage)
    else if (order.t === 'end') this.drop()
    else if (order.t === 'overload') this.overloaded(order.by)
    else if (order.t === 'tasks') void this.tellTasks(order.n)
    else if (order.t === 'cancel') this.cancel(new Set(order.ids))
    else this.answered(order.token, new Set(order.ids))
  }

  /** Another machine was told that it asks too much. */
  private overloaded(by: string): void {
    if (by === this.by || this.live === null) return
    const { planner, tally } = this.live
    planner.overloaded?.(tally.busyMs / Math.max(1, tally.ok))
  }

  private stoppedAt(stage: number): void {
    this.isStopped ||= stage > 0
    this.stopAt(stage)
  }

  /** First: what has not begun is given back, what runs may end. Second: it is cancelled. Third: it is killed. */
  stopAt(stage: number): void {
    if (this.stage >= stage) return
    if (this.stage === 0) {
      for (const { items } of this.chunks) this.reporter.giveBack(items.filter(({ isTaken }) => !isTaken))
    }
    while (this.stage < stage) {
      this.stage++
      this.live?.stop()
    }
    if (this.live === null) this.task.cancel('the run is over')
  }

  private cancel(ids: ReadonlySet<number>): void {
    const wanted = new Set(
      [...this.chunks].flatMap(({ items }) => items.filter(({ id, isDone }) => !isDone && ids.has(id))),
    )
    if (wanted.size === 0) return
    this.reporter.giveBack([...wanted].filter(({ isTaken }) => !isTaken))
    this.live?.cancel(item => wanted.has(item as ChunkItem))
  }

  private answered(token: string, ids: ReadonlySet<number>): void {
    const chunk = [...this.chunks].find(held => held.token === token)
    if (!chunk?.isAsking) return
    chunk.isAsking = false
    const left = chunk.items.filter(({ id }) => ids.has(id))
    for (const item of chunk.items) {
      if (ids.has(item.id) || item.isDone) continue
      item.isDone = true
      chunk.left--
    }
    if (chunk.left === 0) this.finish(chunk)
    else this.source.push(left)
  }

  private finish(chunk: HeldChunk): void {
    this.chunks.delete(chunk)
    this.events.finished(chunk)
  }

  /**
   * Whether it is still wanted, and how far it has been stopped. A coordinator counts as gone only by answers in a row:
   * while the engine is away nobody can tell.
   */
  async look(): Promise<void> {
    this.tellDeaths()
    if (this.isLooking) return
    this.isLooking = true
    const began = performance.now()
    const { redis } = this.engine
    try {
      const [isWanted, stage] = await redis.omakaseLook(leaseOf(this.run), recordOf(this.run))
      const isBroken = performance.now() - began > LOOK_EVERY_MS
      this.unwanted = isWanted === 1 || isBroken ? 0 : this.unwanted + 1
      this.stoppedAt(Number(stage ?? 0))
      // An answer may have been lost with a connection.
      for (const chunk of this.chunks) if (chunk.isAsking) this.ask(chunk)
      if (isWanted === 1) return
      if (stage === null) this.drop()
      else if (this.unwanted > MOST_UNWANTED && (await this.giveUp()) === 1) this.drop()
    } catch {
      // The engine is away, which says nothing of the coordinator.
      this.unwanted = 0
    } finally {
      this.isLooking = false
    }
  }

  private giveUp(): Promise<number> {
    return this.engine.redis.omakaseGiveUp(leaseOf(this.run), recordOf(this.run), resultsOf(this.run))
  }

  /** Its coordinator is gone. */
  private drop(): void {
    this.isDropped = true
    this.reporter.isVain = true
    this.stopAt(2)
    this.source.end()
  }

  private tellDeaths(): void {
    const { deaths = 0 } = this.live?.tally ?? {}
    if (deaths > this.deaths) this.reporter.tell({ deaths: deaths - this.deaths })
    this.deaths = deaths
  }

  /** The coordinator's number for a call that runs here; -1 where it has ended already. */
  private idOf(call: number): number {
    return (this.live?.itemOf(call) as ChunkItem | undefined)?.id ?? -1
  }

  private async tellTasks(n: number): Promise<void> {
    const calls = await tasksHere(this.workers, call => this.idOf(call))
    this.reporter.tell({ tasks: { n, calls: packOutputs('clone', calls) } })
  }

  private async leave(): Promise<void> {
    this.isOver = true
    this.tellDeaths()
    for (const { items } of this.chunks) this.reporter.giveBack(items)
    this.reporter.tell({ left: true })
    await this.reporter.flush()
    for (const timer of this.timers) clearInterval(timer)
    for (const chunk of this.chunks) this.finish(chunk)
    this.prepared.dispose()
    this.events.over(this)
    this.end()
  }
}

/** Calls of a pool have little in common, so there is nothing to measure. */
function planOf({ workers = cores(), concurrency }: NonNullable<About['pool']>): Partial<Settings> {
  return { on: 'processes', workers, concurrency: workers * concurrency, batch: 1 }
}

function told(error: unknown): string {
  if (error instanceof BadUsage) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
