import { run as runTask, type Task } from '../../core/index.js'
import { jobOf, type Prepared, prepareBundle } from '../../map/prepare.js'
import { type Live, runJob } from '../../map/run/job.js'
import { BadUsage } from '../../workers/bad-usage.js'
import { unpackInputs } from '../engine/codec.js'
import type { Engine } from '../engine/engine.js'
import { leaseOf, recordOf } from '../engine/keys.js'
import type { About, Chunk, ChunkJob, Order } from '../engine/messages.js'
import { LEASE_MS } from '../engine/scripts.js'
import { ChunkItem, type HeldChunk } from './chunk.js'
import { ChunkSource } from './chunk-source.js'
import { Reporter } from './reporter.js'

const LOOK_EVERY_MS = 1000

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
  private readonly about: About
  private readonly events: SiteEvents
  private readonly source: ChunkSource
  private readonly reporter: Reporter
  private readonly prepared: Prepared
  private readonly task: Task<Live>
  private readonly chunks = new Set<HeldChunk>()
  private readonly timer: NodeJS.Timeout
  private live: Live | null = null
  private stage = 0
  private wantedAt = performance.now()
  isOver = false

  constructor(engine: Engine, run: string, by: string, about: About, code: string, events: SiteEvents) {
    this.engine = engine
    this.run = run
    this.about = about
    this.events = events
    this.source = new ChunkSource(events.hungry)
    this.reporter = new Reporter(engine, run, by, about.encode, chunk => {
      this.chunks.delete(chunk)
      events.finished(chunk)
    })
    const { name, exportName, encode, settings } = about
    this.prepared = prepareBundle(
      { name, exportName, code },
      { encode, log: text => this.reporter.log(0, text) },
    )
    const job = jobOf(this.prepared, this.source, this.reporter, settings)
    this.task = runTask(
      runJob({
        ...job,
        settle: loaded => {
          if (loaded !== null) this.reporter.tell({ loaded })
          // Retries, limits and the like are the coordinator's.
          return { ...job.settle(loaded), ...settings, retries: 0, ordered: false }
        },
        skip: item => (item as ChunkItem).chunk.isLost,
        watch: live => {
          this.live = live
        },
      }),
      { name: `run ${run}` },
    )
    this.task.settled().then(exit => {
      if (exit.status === 'failed') this.reporter.tell({ unusable: told(exit.error) })
      void this.leave()
    })
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS)
  }

  get isHungry(): boolean {
    return this.source.isHungry && !this.isOver
  }

  get done(): number {
    return this.reporter.done
  }

  /** Takes in a chunk; `null` where it is not ours, or forged. */
  take(
    job: ChunkJob,
    make: (make: (chunk: HeldChunk) => readonly ChunkItem[]) => HeldChunk,
  ): HeldChunk | null {
    const text = this.engine.seal.open(`chunk ${job.run} ${job.chunk}`, job.body)
    if (text === null) return null
    const { ids, indexes, attempts, inputs } = JSON.parse(text) as Chunk
    const list = unpackInputs(this.about.encode, inputs)
    const chunk = make(held =>
      ids.map((id, at) => new ChunkItem(indexes[at]!, list[at], id, attempts[at]!, held)),
    )
    this.chunks.add(chunk)
    if (this.isOver || this.stage > 0) this.giveBack(chunk)
    else if (chunk.items.length === 0) this.events.finished(chunk)
    else this.source.push(chunk.items)
    return chunk
  }

  /** Somebody else has it now. */
  lose(chunk: HeldChunk): void {
    chunk.isLost = true
    this.chunks.delete(chunk)
    this.live?.cancel(item => (item as ChunkItem).chunk === chunk)
  }

  order(order: Order): void {
    if (order.t === 'stage') this.stopAt(order.stage)
    else {
      const wanted = new Set(order.ids)
      const isWanted = ({ id, isDone }: ChunkItem) => !isDone && wanted.has(id)
      const taken = [...this.chunks].flatMap(({ items }) => items.filter(isWanted))
      if (taken.length > 0) this.live?.cancel(item => isWanted(item as ChunkItem))
    }
  }

  /** Lets what runs end, then gives back the rest. */
  async drain(): Promise<void> {
    this.stopAt(1)
    await this.task.settled()
    await this.reporter.flush()
  }

  private stopAt(stage: number): void {
    while (this.stage < stage) {
      this.stage++
      this.live?.stop()
    }
    if (this.live === null && stage > 0) this.task.cancel('the run is over')
  }

  private async look(): Promise<void> {
    try {
      const [isWanted, stage] = await this.engine.redis.omakaseLook(leaseOf(this.run), recordOf(this.run))
      if (isWanted === 1) this.wantedAt = performance.now()
      this.stopAt(Number(stage ?? 0))
      if (performance.now() - this.wantedAt > LEASE_MS) this.drop()
      else if (isWanted === 0 && stage === null) this.drop()
    } catch {
      // The engine is away, which says nothing of the coordinator.
      this.wantedAt = performance.now()
    }
  }

  /** Its coordinator is gone. */
  private drop(): void {
    this.stopAt(2)
    this.source.end()
  }

  private giveBack(chunk: HeldChunk): void {
    const left = chunk.items.filter(item => !item.isDone)
    for (const item of left) item.isDone = true
    this.reporter.tell({ returned: left.map(({ id }) => id) })
    this.chunks.delete(chunk)
    this.events.finished(chunk)
  }

  private async leave(): Promise<void> {
    this.isOver = true
    clearInterval(this.timer)
    const returned: number[] = []
    for (const chunk of this.chunks) for (const item of chunk.items) if (!item.isDone) returned.push(item.id)
    if (returned.length > 0) this.reporter.tell({ returned })
    await this.reporter.flush()
    for (const chunk of this.chunks) this.events.finished(chunk)
    this.chunks.clear()
    this.prepared.dispose()
    this.events.over(this)
  }
}

function told(error: unknown): string {
  if (error instanceof BadUsage) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
