import { randomBytes } from 'node:crypto'
import type { Job } from 'bullmq'
import type { Engine } from '../engine/engine.js'
import { PREFIX } from '../engine/keys.js'
import type { ChunkJob } from '../engine/messages.js'
import type { HeldChunk } from './chunk.js'
import { type Taker, taker } from './taker.js'

const LOCK_MS = 5000
const STALLED_MS = 2500
const AGAIN_MS = 500
/** Where chunks end in a shorter time than this, the next ones are left to come with the answers. */
const SOON_MS = 25
/** BullMQ counts how often a job has lost its worker; what that means is for us to say. */
const WITHOUT_LIMIT = 2 ** 31

/** What is wanted soon may as well come with the answer to the next one that ends, and `no` is none. */
export type Wish = 'now' | 'soon' | 'no'

export interface FetcherEvents {
  /** Whether one more is wanted beside those that are held, and so many that are on their way. */
  wants(coming: number): Wish
  /** One has come; settles when more could come from where it was. */
  fetched(job: Job<ChunkJob>, token: string): Promise<void>
}

interface Served {
  readonly worker: Taker
  /** Chunks that have been asked for, or are being taken in. */
  coming: number
  /** When one was last asked for by itself, and when one last ended. */
  fetchedAt: number
  endedAt: number
}

/** Takes chunks from queues while there is room for them, holds their locks, and ends them. */
export class Fetcher {
  private readonly engine: Engine
  private readonly name: string
  private readonly events: FetcherEvents
  /** By their queues: the one of all machines, and those of machines that have certain packages. */
  private readonly queues = new Map<string, Served>()
  private readonly fetching = new Set<Promise<void>>()
  private readonly completing = new Set<Promise<void>>()
  private readonly sleeping: (() => void)[] = []
  /** Another supervisor may have, or have had, the same name. */
  private readonly instance = randomBytes(6).toString('base64url')
  private tokens = 0
  isEnding = false

  constructor(engine: Engine, name: string, events: FetcherEvents) {
    this.engine = engine
    this.name = name
    this.events = events
  }

  serve(queue: string): void {
    if (this.queues.has(queue) || this.isEnding) return
    const { engine, name } = this
    const worker = taker(engine.bullmq, queue, {
      connection: engine.redis,
      skipVersionCheck: true,
      prefix: PREFIX,
      name,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_MS,
      maxStalledCount: WITHOUT_LIMIT,
      runRetryDelay: AGAIN_MS,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    })
    worker.on('error', () => {})
    void worker.startStalledCheckTimer()
    const served: Served = { worker, coming: 0, fetchedAt: -Infinity, endedAt: -Infinity }
    this.queues.set(queue, served)
    follow(this.fetching, this.fetch(served))
  }

  forsake(queue: string): void {
    const served = this.queues.get(queue)
    this.queues.delete(queue)
    void served?.worker.close(true).catch(() => {})
  }

  /** There may be room by now. */
  wake(): void {
    for (const resolve of this.sleeping.splice(0)) resolve()
  }

  /** When nothing more comes; not before `isEnding`. */
  async end(): Promise<void> {
    this.wake()
    await this.haveEnded()
    // Nobody need wait for a job that is not taken any more.
    const closing = [...this.queues.values()].map(({ worker }) => worker.close(true).catch(() => {}))
    await Promise.all(closing)
    await Promise.all(this.fetching)
  }

  /** When those that were to be ended have been. */
  async haveEnded(): Promise<void> {
    await Promise.all(this.completing)
  }

  /** Where that fails its lock runs out, and somebody finds it done. Where there is room the next one comes with the answer. */
  complete(chunk: HeldChunk): void {
    follow(this.completing, this.completeAnd(chunk))
  }

  /** It is for somebody else. */
  async giveBack(job: Job, token: string): Promise<void> {
    await job.moveToWait(token)
  }

  /** Gives the ids of those whose locks are lost. While the engine is away nobody knows. */
  async renew(chunks: readonly HeldChunk[]): Promise<string[]> {
    const lost: string[] = []
    for (const [queue, { worker }] of this.queues) {
      const its = chunks.filter(({ job }) => job.queueName === queue)
      if (its.length === 0) continue
      const ids = its.map(({ job }) => job.id!)
      const tokens = its.map(({ token }) => token)
      lost.push(...(await worker.extendJobLocks(ids, tokens, LOCK_MS).catch(() => [])))
    }
    return lost
  }

  private async fetch(served: Served): Promise<void> {
    const { worker } = served
    while (!this.isEnding && this.queues.get(worker.name) === served) {
      const wait = this.waitOf(served)
      if (wait > 0) {
        await this.sleep(wait)
        continue
      }
      served.fetchedAt = performance.now()
      const token = `${this.name} ${this.instance} ${this.tokens++}`
      served.coming++
      try {
        const job = await worker.getNextJob(token)
        if (job !== undefined) await this.events.fetched(job, token)
      } catch {
        if (!this.isEnding) await new Promise(resolve => setTimeout(resolve, AGAIN_MS))
      } finally {
        served.coming--
      }
    }
  }

  /** Milliseconds until one more is asked for, unless something happens before. */
  private waitOf({ coming, fetchedAt, endedAt }: Served): number {
    const wish = this.events.wants(coming)
    if (wish === 'now') return 0
    if (wish === 'no' || coming > 0) return Infinity
    return Math.min(fetchedAt, endedAt) + SOON_MS - performance.now()
  }

  private async sleep(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>(resolve => {
      this.sleeping.push(resolve)
      if (ms < Infinity) timer = setTimeout(resolve, ms)
    })
    clearTimeout(timer)
  }

  /**
   * The next one has the same token. As one about which the coordinator is asked is known by its token, the token of
   * such a one ends with it: what is said of it late is said of no other.
   */
  private async completeAnd({ job, token, wasAsked }: HeldChunk): Promise<void> {
    // Where there are several queues none may keep the others from their turn.
    const served = this.queues.size === 1 && !wasAsked ? this.queues.get(job.queueName) : undefined
    if (served !== undefined) served.endedAt = performance.now()
    const fetchesNext = served !== undefined && !this.isEnding && this.events.wants(served.coming) !== 'no'
    if (fetchesNext) served.coming++
    try {
      const answer = await job.moveToCompleted(null, token, fetchesNext)
      const next = fetchesNext ? await served.worker.came(answer, token) : undefined
      if (next !== undefined) await this.events.fetched(next, token)
    } catch {
      // Its lock was lost, or the engine is away.
    } finally {
      if (fetchesNext) served.coming--
      this.wake()
    }
  }
}

function follow(set: Set<Promise<void>>, work: Promise<void>): void {
  set.add(work)
  void work.then(() => set.delete(work))
}
