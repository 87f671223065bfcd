import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { shaOf } from '../code/sha.js'
import type { Engine } from '../engine/engine.js'
import { codeOf, controlOf, leaseOf, recordOf, resultsOf } from '../engine/keys.js'
import type { About, ChunkJob, Order, Report } from '../engine/messages.js'
import { LEASE_MS, TTL_MS } from '../engine/scripts.js'
import { Equipment } from './equipment.js'
import { Machines } from './machines.js'
import { Strangers } from './strangers.js'

const RENEW_EVERY_MS = LEASE_MS / 5
/** How long one question for results may stay unanswered. */
const READ_MS = 1000
const MOST_REPORTS = 100
const AGAIN_MS = 500

export interface CoordinatorEvents {
  report(report: Report): void
  /** The engine has lost what it held: what is open is to be published again. */
  lost(): void
}

/** The coordinator's side of one run: what it says to the engine, and hears from it. */
export class Coordinator {
  readonly run = randomBytes(9).toString('base64url')
  readonly machines: Machines
  /** A line for whoever has started the run. */
  readonly say: (line: string) => void
  private readonly strangers: Strangers
  private readonly equipment: Equipment
  private readonly engine: Engine
  private readonly queue: Queue
  private readonly reader: Redis
  private readonly about: About
  private readonly code: string
  private readonly codeKey: string
  private events: CoordinatorEvents | null = null
  private timer: NodeJS.Timeout | undefined
  private jobs: ChunkJob[] = []
  private isPublishing = false
  private isEnded = false
  private stage = 0
  private lastId = '0'
  private readonly listeners: (() => void)[] = []
  /** Called with how many workers have died on a machine. */
  died = (_workers: number): void => {}

  constructor(engine: Engine, about: Omit<About, 'sha'>, code: string, say: (line: string) => void) {
    const sha = shaOf(code)
    this.engine = engine
    this.about = { ...about, sha }
    this.code = code
    this.codeKey = codeOf(sha)
    this.reader = engine.another()
    this.machines = new Machines(engine)
    this.strangers = new Strangers(engine, this.machines, say)
    this.equipment = new Equipment(engine, this.machines, about.needs, say)
    this.queue = engine.queue(this.equipment.queue)
    this.say = say
  }

  /** Tells the engine of the run, and begins to hear of it. */
  async begin(events: CoordinatorEvents): Promise<void> {
    this.events = events
    await this.write()
    this.timer = setInterval(() => void this.renew(), RENEW_EVERY_MS)
    this.read().catch(() => {})
    await this.equipment.check()
  }

  /** Bytes that an input may have. */
  get maxSize(): number {
    return this.about.maxSize
  }

  get isStopping(): boolean {
    return this.stage > 0
  }

  /** Gives a chunk to whichever machine has room first. Those of one turn travel together. */
  publish(chunk: number, text: string): void {
    const { run } = this
    this.jobs.push({ run, chunk, body: this.engine.seal.close(`chunk ${run} ${chunk}`, text) })
    if (!this.isPublishing) {
      this.isPublishing = true
      setImmediate(() => void this.publishAll())
    }
  }

  /** A machine has found what it did not believe: what it shall find is written again. */
  async restore(): Promise<void> {
    await new Promise(resolve => setTimeout(resolve, AGAIN_MS))
    if (!this.isEnded) await this.write().catch(() => {})
  }

  /** Takes a chunk back; false where a machine has it, or where it is on its way into the queue. */
  async remove(chunk: number): Promise<boolean> {
    const unpublished = this.jobs.findIndex(job => job.chunk === chunk)
    if (unpublished >= 0) {
      this.jobs.splice(unpublished, 1)
      return true
    }
    const id = jobId(this.run, chunk)
    // One that is not there counts as removed for BullMQ.
    const isThere = this.engine.redis.exists(this.queue.toKey(id))
    return (await isThere.catch(() => 0)) === 1 && (await this.queue.remove(id).catch(() => 0)) === 1
  }

  /** When all that machines have reported so far has been taken in. */
  async heardAll(): Promise<void> {
    const last = await this.engine.redis.xrevrange(resultsOf(this.run), '+', '-', 'COUNT', 1).catch(() => [])
    const id = last[0]?.[0]
    while (id !== undefined && !this.isEnded && isBefore(this.lastId, id))
      await new Promise<void>(resolve => this.listeners.push(resolve))
  }

  /** To all machines that work for the run. */
  tell(order: Order): void {
    const { run, engine } = this
    if (order.t === 'stage') {
      this.stage = order.stage
      void engine.redis.hset(recordOf(run), 'stage', order.stage).catch(() => {})
    }
    const text = engine.seal.close(`order ${run}`, JSON.stringify(order))
    void engine.redis.publish(controlOf(run), text).catch(() => {})
  }

  /** Nothing of the run is wanted any more, nor left in the engine; these chunks may still be there. */
  async end(chunks: readonly number[] = []): Promise<void> {
    if (this.isEnded) return
    // Whoever still works for it need not find out by itself.
    if (this.stage < 2) this.tell({ t: 'stage', stage: 2 })
    this.isEnded = true
    clearInterval(this.timer)
    for (const notify of this.listeners.splice(0)) notify()
    this.machines.end()
    this.strangers.end()
    this.equipment.end()
    this.reader.disconnect()
    const { run, engine } = this
    this.tell({ t: 'end' })
    const keys = [leaseOf(run), recordOf(run), resultsOf(run)]
    const removed = chunks.map(chunk => this.remove(chunk))
    const gone = Promise.all([engine.redis.del(...keys).catch(() => {}), ...removed])
    const late = new Promise(resolve => setTimeout(resolve, READ_MS).unref())
    await Promise.race([gone, late])
    await Promise.race([this.queue.close().catch(() => {}), late])
  }

  private async write(): Promise<void> {
    const { engine, run, about, code, codeKey } = this
    const record = engine.seal.close(`about ${run}`, JSON.stringify(about))
    await engine.redis
      .multi()
      .set(codeKey, code, 'PX', TTL_MS)
      .hset(recordOf(run), { about: record, stage: this.stage })
      .pexpire(recordOf(run), TTL_MS)
      .exec()
    await this.equipment.tell()
    await this.sayHere()
  }

  private sayHere(): Promise<number> {
    const { run, codeKey } = this
    const lease = JSON.stringify({ host: hostname(), pid: process.pid })
    return this.engine.redis.omakaseRenew(leaseOf(run), recordOf(run), resultsOf(run), codeKey, lease)
  }

  private async renew(): Promise<void> {
    try {
      const wasThere = await this.sayHere()
      this.equipment.tell().catch(() => {})
      if (wasThere === 1 || this.isEnded) return
      this.lastId = '0'
      await this.write()
      this.events?.lost()
    } catch {
      // The engine is away: it is tried again.
    }
  }

  private async read(): Promise<void> {
    const key = resultsOf(this.run)
    while (!this.isEnded) {
      try {
        const answer = await this.reader.xread(
          'COUNT',
          MOST_REPORTS,
          'BLOCK',
          READ_MS,
          'STREAMS',
          key,
          this.lastId,
        )
        if (answer === null || this.isEnded) continue
        const entries = (answer as [string, [string, string[]][]][])[0]![1]
        this.lastId = entries.at(-1)![0]
        void this.engine.redis.xtrim(key, 'MINID', this.lastId).catch(() => {})
        for (const [, fields] of entries) this.take(fields[1]!)
        for (const notify of this.listeners.splice(0)) notify()
      } catch {
        if (!this.isEnded) await new Promise(resolve => setTimeout(resolve, AGAIN_MS))
      }
    }
  }

  private take(sealed: string): void {
    const text = this.engine.seal.open(`report ${this.run}`, sealed)
    if (text !== null) this.events?.report(JSON.parse(text) as Report)
  }

  private async publishAll(): Promise<void> {
    while (this.jobs.length > 0 && !this.isEnded) {
      const jobs = this.jobs
      this.jobs = []
      try {
        await this.queue.addBulk(
          jobs.map(data => ({
            name: this.about.name,
            data,
            opts: { jobId: jobId(data.run, data.chunk), removeOnComplete: true, removeOnFail: true },
          })),
        )
      } catch {
        this.jobs.unshift(...jobs)
        await new Promise(resolve => setTimeout(resolve, AGAIN_MS))
      }
    }
    this.isPublishing = false
  }
}

/** Of two ids of a stream. */
function isBefore(one: string, other: string): boolean {
  const [[ms, n = 0], [otherMs, otherN = 0]] = [one, other].map(id => id.split('-').map(Number)) as [
    number[],
    number[],
  ]
  return ms! < otherMs! || (ms === otherMs && n < otherN)
}

function jobId(run: string, chunk: number): string {
  return `${run}-${chunk}`
}
