import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { Job, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import { cores } from '../../workers/cores.js'
import { shaOf } from '../code/sha.js'
import type { Engine } from '../engine/engine.js'
import { codeOf, controlOf, leaseOf, machinesOf, PREFIX, recordOf, resultsOf } from '../engine/keys.js'
import type { About, Beat, ChunkJob, Order, Report } from '../engine/messages.js'
import { TTL_MS } from '../engine/scripts.js'
import { version } from '../engine/version.js'
import { HeldChunk } from './chunk.js'
import { Doubts } from './doubts.js'
import { Past } from './past.js'
import { Site } from './site.js'

const LOCK_MS = 5000
const STALLED_MS = 2500
const RENEW_EVERY_MS = 2000
const BEAT_EVERY_MS = 1000
const AGAIN_MS = 500
/** Chunks that are held however much there is to do, and at most. */
const FEWEST_HELD = 2
const MOST_HELD = 1024
/** BullMQ counts how often a job has lost its worker; what that means is for us to say. */
const WITHOUT_LIMIT = 2 ** 31

export interface SupervisorOptions {
  readonly name?: string
  /** Called with a line for whoever looks on. */
  readonly log?: (line: string) => void
}

/** One machine of a cluster: takes chunks, has them run in processes of its own, and never runs user code itself. */
export class Supervisor {
  readonly name: string
  private readonly engine: Engine
  private readonly worker: Worker
  private readonly subscriber: Redis
  private readonly sites = new Map<string, Promise<Site | null>>()
  private readonly open = new Set<Site>()
  private readonly held = new Map<string, { readonly chunk: HeldChunk; readonly site: Site }>()
  private readonly timers: NodeJS.Timeout[]
  /** Another supervisor may have, or have had, the same name. */
  private readonly instance = randomBytes(6).toString('base64url')
  /** Runs whose coordinator has said that they have ended: what comes of them later is a replay. */
  private readonly past = new Past()
  private readonly doubts: Doubts
  private tokens = 0
  private beats = 0
  private done = 0
  private stage = 0
  /** A chunk that runs, or is to run, with nothing beside it. */
  private alone: HeldChunk | null = null
  private wake = (): void => {}
  private readonly fetching: Promise<void>
  private readonly finishing = new Set<Promise<void>>()
  private left = (): void => {}
  /** When it has left. */
  readonly ended = new Promise<void>(resolve => {
    this.left = resolve
  })

  constructor(engine: Engine, options: SupervisorOptions = {}) {
    const { name = `${hostname()}-${process.pid}`, log = () => {} } = options
    this.engine = engine
    this.name = name
    this.doubts = new Doubts(log)
    this.worker = new engine.bullmq.Worker(engine.queueName, null, {
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
    this.worker.on('error', () => {})
    void this.worker.startStalledCheckTimer()
    this.subscriber = engine.another()
    this.subscriber.on('message', (channel, text) => void this.heard(channel, text))
    this.timers = [
      setInterval(() => void this.renew(), RENEW_EVERY_MS),
      setInterval(() => void this.beat(), BEAT_EVERY_MS),
    ]
    void this.beat()
    this.fetching = this.fetch()
  }

  /** Takes nothing more and gives back what has not begun. First: what runs may end. Second: it is cancelled. Third: killed. */
  stop(): void {
    this.stage++
    this.wake()
    for (const site of this.open) site.stopAt(this.stage)
    if (this.stage === 1) void this.leave()
  }

  private async leave(): Promise<void> {
    // What was being taken may have begun another one.
    await this.fetching
    await Promise.all([...this.open].map(site => site.ended))
    await Promise.all([...this.finishing])
    for (const timer of this.timers) clearInterval(timer)
    await this.engine.redis.hdel(machinesOf(this.engine.queueName), this.name).catch(() => {})
    await this.worker.close(true).catch(() => {})
    this.subscriber.disconnect()
    this.left()
  }

  private get isEnding(): boolean {
    return this.stage > 0
  }

  // --- chunks --------------------------------------------------------------------------------------------------

  private async fetch(): Promise<void> {
    while (!this.isEnding) {
      if (!this.hasRoom) {
        await new Promise<void>(resolve => {
          this.wake = resolve
        })
        continue
      }
      const token = `${this.name} ${this.instance} ${this.tokens++}`
      try {
        const job = await this.worker.getNextJob(token)
        if (job === undefined) continue
        if (this.isEnding) await job.moveToWait(token)
        else await this.take(job as Job<ChunkJob>, token)
      } catch {
        if (!this.isEnding) await new Promise(resolve => setTimeout(resolve, AGAIN_MS))
      }
    }
  }

  private get hasRoom(): boolean {
    if (this.alone !== null) return false
    if (this.held.size < FEWEST_HELD) return true
    return this.held.size < MOST_HELD && [...this.open].some(site => site.isHungry)
  }

  private async take(job: Job<ChunkJob>, token: string): Promise<void> {
    const { run, chunk: number, body } = job.data
    const isOurs = typeof run === 'string' && typeof body === 'string'
    // It was lost, has come back, and it is not known yet that it was lost.
    this.lose(job.id!)
    const text = isOurs ? this.engine.seal.open(`chunk ${run} ${number}`, body) : null
    const site = text === null ? null : await this.site(run)
    if (text !== null && site !== null) {
      site.take(text, (isAlone, make) => {
        const chunk = new HeldChunk(job, token, isAlone, make)
        this.held.set(job.id!, { chunk, site })
        if (isAlone) this.alone = chunk
        return chunk
      })
    } else {
      if (text === null) this.doubts.say('a chunk that is not signed with the key given here')
      if (isOurs && !this.past.has(run)) await this.refuse(run, number)
      await this.complete(job, token)
    }
    this.runAlone()
  }

  /** Its coordinator, where there is one, has the chunk still, and publishes what it was. */
  private async refuse(run: string, chunk: number): Promise<void> {
    const { redis, seal } = this.engine
    const report: Report = { by: this.name, refused: [chunk] }
    const text = seal.close(`report ${run}`, JSON.stringify(report))
    await redis.omakaseReport(leaseOf(run), resultsOf(run), text).catch(() => {})
  }

  /** When nothing else is left here. */
  private runAlone(): void {
    const { alone } = this
    if (alone === null || alone.wasAsked || this.held.size > 1) return
    this.held.get(alone.job.id!)?.site.ask(alone)
  }

  private site(run: string): Promise<Site | null> {
    let site = this.sites.get(run)
    if (site === undefined) {
      site = this.begin(run)
      this.sites.set(run, site)
    }
    return site
  }

  private async begin(run: string): Promise<Site | null> {
    const found = this.past.has(run) ? 'a chunk of a run that has ended' : await this.find(run)
    if (typeof found === 'string' || found === null) {
      if (found !== null) this.doubts.say(found)
      this.sites.delete(run)
      return null
    }
    const { about, code } = found
    await this.subscriber.subscribe(controlOf(run))
    const site = new Site(this.engine, run, this.name, about, code, {
      hungry: () => this.wake(),
      finished: chunk => this.finish(chunk),
      over: () => this.over(site),
    })
    this.open.add(site)
    if (this.isEnding) site.stopAt(this.stage)
    return site
  }

  /** What is to be run; `null` where nobody wants it any more; or what is wrong with it. */
  private async find(run: string): Promise<{ about: About; code: string } | string | null> {
    const { redis, seal } = this.engine
    const sealed = await redis.hget(recordOf(run), 'about')
    if (sealed === null) return null
    const text = seal.open(`about ${run}`, sealed)
    if (text === null) return 'a run that is not signed with the key given here'
    const about = JSON.parse(text) as About
    const code = await redis.get(codeOf(about.sha))
    if (code === null) return null
    return shaOf(code) === about.sha ? { about, code } : 'code that is not what its run says'
  }

  private over(site: Site): void {
    this.done += site.done
    this.sites.delete(site.run)
    this.open.delete(site)
    void this.subscriber.unsubscribe(controlOf(site.run)).catch(() => {})
  }

  private finish(chunk: HeldChunk): void {
    const { job, token } = chunk
    this.drop(chunk)
    const finishing = this.complete(job, token)
    this.finishing.add(finishing)
    void finishing.then(() => this.finishing.delete(finishing))
  }

  private drop(chunk: HeldChunk): void {
    const id = chunk.job.id!
    if (this.held.get(id)?.chunk === chunk) this.held.delete(id)
    if (this.alone === chunk) this.alone = null
    this.runAlone()
    this.wake()
  }

  /** Where that fails its lock runs out, and somebody finds it done. */
  private async complete(job: Job, token: string): Promise<void> {
    await job.moveToCompleted(null, token, false).catch(() => {})
  }

  private async renew(): Promise<void> {
    const list = [...this.held.values()]
    if (list.length === 0) return
    const ids = list.map(({ chunk }) => chunk.job.id!)
    try {
      const tokens = list.map(({ chunk }) => chunk.token)
      for (const id of await this.worker.extendJobLocks(ids, tokens, LOCK_MS)) this.lose(id)
    } catch {
      // The engine is away: whether the locks still hold is seen when it is back.
    }
  }

  private lose(id: string): void {
    const lost = this.held.get(id)
    if (lost === undefined) return
    this.drop(lost.chunk)
    lost.site.lose(lost.chunk)
  }

  // --- news ----------------------------------------------------------------------------------------------------

  private async heard(channel: string, sealed: string): Promise<void> {
    const site = [...this.open].find(({ run }) => controlOf(run) === channel)
    if (site === undefined) return
    const text = this.engine.seal.open(`order ${site.run}`, sealed)
    if (text === null) return this.doubts.say('an order that is not signed with the key given here')
    const order = JSON.parse(text) as Order
    if (order.t === 'end') this.past.add(site.run)
    site.order(order)
  }

  private async beat(): Promise<void> {
    const beat: Beat = {
      name: this.name,
      host: hostname(),
      pid: process.pid,
      version,
      cores: cores(),
      held: this.held.size,
      runs: [...this.open].map(({ run }) => run),
      done: [...this.open].reduce((sum, site) => sum + site.done, this.done),
      beat: this.beats++,
    }
    const key = machinesOf(this.engine.queueName)
    const { redis, seal } = this.engine
    await redis
      .multi()
      .hset(key, this.name, seal.close('beat', JSON.stringify(beat)))
      .pexpire(key, TTL_MS)
      .exec()
      .catch(() => {})
  }
}
