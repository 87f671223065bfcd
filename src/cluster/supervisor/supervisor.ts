import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { Job, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import { cacheFolder } from '../../node/cache-folder.js'
import { cores } from '../../workers/cores.js'
import { codeFile, type Surroundings, type User } from '../../workers/internal.js'
import { settle } from '../../workers/load/index.js'
import { CodeCache } from '../code/code-cache.js'
import { shaOf } from '../code/sha.js'
import type { Engine } from '../engine/engine.js'
import {
  callsOf,
  codeOf,
  controlOf,
  leaseOf,
  machinesOf,
  needsOf,
  PREFIX,
  recordOf,
  resultsOf,
} from '../engine/keys.js'
import type { About, Beat, CallUp, ChunkJob, Order, Report } from '../engine/messages.js'
import { Rate } from '../engine/rate.js'
import { signIn } from '../engine/roll.js'
import { version } from '../engine/version.js'
import { HeldChunk } from './chunk.js'
import { Doubts } from './doubts.js'
import { Packages } from './packages.js'
import { Past } from './past.js'
import { type Found, Site } from './site.js'

const LOCK_MS = 5000
const STALLED_MS = 2500
const RENEW_EVERY_MS = 2000
const BEAT_EVERY_MS = 1000
const AGAIN_MS = 500
const ILL_MS = 5000
/** Chunks that are held however much there is to do, and at most. */
const FEWEST_HELD = 2
const MOST_HELD = 1024
/** BullMQ counts how often a job has lost its worker; what that means is for us to say. */
const WITHOUT_LIMIT = 2 ** 31

export interface SupervisorOptions {
  /** Nobody else has it: see `freeName`. */
  readonly name: string
  /** Called with a line for whoever looks on. */
  readonly log?: (line: string) => void
  /** Where user code runs, and finds packages; the folder of this process unless given. */
  readonly cwd?: string
  /** Where code is kept from run to run; that of the user's caches unless given. */
  readonly cache?: string
  /** As whom user code runs. */
  readonly as?: User
}

/** One machine of a cluster: takes chunks, has them run in processes of its own, and never runs user code itself. */
export class Supervisor {
  readonly name: string
  private readonly engine: Engine
  private readonly log: (line: string) => void
  private readonly surroundings: Surroundings & { readonly cwd: string }
  private readonly cache: CodeCache
  /** By their queues: the one of all machines, and those of machines that have certain packages. */
  private readonly workers = new Map<string, Worker>()
  private readonly packages: Packages
  private readonly subscriber: Redis
  private readonly sites = new Map<string, Promise<Site | null>>()
  private readonly open = new Set<Site>()
  private readonly held = new Map<string, { readonly chunk: HeldChunk; readonly site: Site }>()
  private readonly timers: NodeJS.Timeout[]
  /** Another supervisor may have, or have had, the same name. */
  private readonly instance = randomBytes(6).toString('base64url')
  /** Runs whose coordinator has said that they have ended: what comes of them later is a replay. */
  private readonly past = new Past()
  /** Runs whose function cannot be used here. */
  private readonly unfit = new Past()
  private readonly doubts: Doubts
  private tokens = 0
  private readonly rate = new Rate()
  private done = 0
  private stage = 0
  /** A chunk that runs, or is to run, with nothing beside it. */
  private alone: HeldChunk | null = null
  private readonly sleeping: (() => void)[] = []
  private readonly fetching = new Set<Promise<void>>()
  private hasComplained = false
  private isGone = false
  private readonly finishing = new Set<Promise<void>>()
  private left = (): void => {}
  /** When it has left. */
  readonly ended = new Promise<void>(resolve => {
    this.left = resolve
  })

  constructor(engine: Engine, options: SupervisorOptions) {
    const { name, log = () => {}, cwd = process.cwd(), as } = options
    this.engine = engine
    this.name = name
    this.log = log
    this.doubts = new Doubts(log)
    this.surroundings = { cwd, ...(as !== undefined && { as }) }
    this.cache = new CodeCache(options.cache ?? cacheFolder(), log)
    this.packages = new Packages(engine, cwd, {
      has: queue => this.serve(queue),
      gone: queue => this.forsake(queue),
      log,
    })
    this.subscriber = engine.another()
    this.subscriber.on('message', (channel, text) => void this.heard(channel, text))
    this.subscriber.subscribe(needsOf(engine.queueName), callsOf(engine.queueName)).catch(() => {})
    this.timers = [
      setInterval(() => void this.renew(), RENEW_EVERY_MS),
      setInterval(() => void this.beat(), BEAT_EVERY_MS),
    ]
    void this.beat()
    this.serve(engine.queueName)
  }

  /** Takes nothing more and gives back what has not begun. First: what runs may end. Second: it is cancelled. Third: killed. */
  stop(): void {
    this.stage++
    this.wake()
    for (const site of this.open) site.stopAt(this.stage)
    if (this.stage === 1) void this.leave()
  }

  private async leave(): Promise<void> {
    await this.sitesAreOver()
    // Nobody need wait for a job that is not taken any more.
    await Promise.all([...this.workers.values()].map(worker => worker.close(true).catch(() => {})))
    await Promise.all(this.fetching)
    // What was being taken may have begun another one.
    await this.sitesAreOver()
    for (const timer of this.timers) clearInterval(timer)
    this.isGone = true
    await this.engine.redis.hdel(machinesOf(this.engine.queueName), this.name).catch(() => {})
    this.subscriber.disconnect()
    this.left()
  }

  private async sitesAreOver(): Promise<void> {
    await Promise.all([...this.open].map(site => site.ended))
    await Promise.all(this.finishing)
  }

  private get isEnding(): boolean {
    return this.stage > 0
  }

  // --- chunks --------------------------------------------------------------------------------------------------

  private serve(queue: string): void {
    if (this.workers.has(queue) || this.isEnding) return
    const { engine, name } = this
    const worker = new engine.bullmq.Worker(queue, null, {
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
    this.workers.set(queue, worker)
    const fetching = this.fetch(worker)
    this.fetching.add(fetching)
    void fetching.then(() => this.fetching.delete(fetching))
  }

  private forsake(queue: string): void {
    const worker = this.workers.get(queue)
    this.workers.delete(queue)
    void worker?.close(true).catch(() => {})
  }

  private async fetch(worker: Worker): Promise<void> {
    while (!this.isEnding && this.workers.get(worker.name) === worker) {
      if (!this.hasRoom) {
        await new Promise<void>(resolve => this.sleeping.push(resolve))
        continue
      }
      const token = `${this.name} ${this.instance} ${this.tokens++}`
      try {
        const job = await worker.getNextJob(token)
        if (job === undefined) continue
        // Another queue may have been quicker with one that runs alone.
        if (this.isEnding || this.alone !== null) await job.moveToWait(token)
        else await this.take(job as Job<ChunkJob>, token)
      } catch {
        if (!this.isEnding) await new Promise(resolve => setTimeout(resolve, AGAIN_MS))
      }
    }
  }

  private wake(): void {
    for (const resolve of this.sleeping.splice(0)) resolve()
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
    // Its coordinator has not been there for so long that nothing of it is left but its place in the line.
    if (Object.keys(job.data).length === 0) return await this.complete(job, token)
    const text = isOurs ? this.engine.seal.open(`chunk ${run} ${number}`, body) : null
    let site: Site | null
    if (isOurs && this.unfit.has(run) && !this.past.has(run))
      return await this.decline(job, token, new Error('a run has a function that fails to load'))
    try {
      site = text === null ? null : await this.wanted(run)
    } catch (error) {
      return await this.decline(job, token, error)
    }
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

  /** It is this machine with which something is wrong: others take the chunk, while it is put right here. */
  private async decline(job: Job, token: string, error: unknown): Promise<void> {
    await job.moveToWait(token)
    if (!this.hasComplained)
      this.log(`cannot run code here: ${(error as Error).message}; looking again every ${ILL_MS / 1000} s`)
    this.hasComplained = true
    const until = performance.now() + ILL_MS
    while (performance.now() < until && !this.isEnding)
      await new Promise(resolve => setTimeout(resolve, AGAIN_MS / 5))
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

  /** One that has been dropped is not taken up again: another one begins. */
  private async wanted(run: string): Promise<Site | null> {
    if ((await this.site(run))?.isDropped) this.sites.delete(run)
    return this.site(run)
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
    let found: Found | string | null
    try {
      found = this.past.has(run) ? 'a chunk of a run that has ended' : await this.find(run)
    } catch (error) {
      this.sites.delete(run)
      throw error
    }
    if (typeof found === 'string' || found === null) {
      if (found !== null) this.doubts.say(found)
      this.sites.delete(run)
      return null
    }
    await this.subscriber.subscribe(controlOf(run))
    const site = new Site(this.engine, run, this.name, found, {
      hungry: () => this.wake(),
      finished: chunk => this.finish(chunk),
      over: () => this.over(site),
    })
    this.open.add(site)
    // It may have been stopped before it could be heard of here.
    await site.look()
    if (this.isEnding) site.stopAt(this.stage)
    return site
  }

  /** What is to be run; `null` where nobody wants it any more; or what is wrong with it. */
  private async find(run: string): Promise<Found | string | null> {
    const { redis, seal } = this.engine
    const sealed = await redis.hget(recordOf(run), 'about')
    if (sealed === null) return null
    const text = seal.open(`about ${run}`, sealed)
    if (text === null) return 'a run that is not signed with the key given here'
    const about = JSON.parse(text) as About
    const whole = await this.fetchCode(about.sha)
    if (whole === null) return null
    if (shaOf(whole) !== about.sha) return 'code that is not what its run says'
    const { surroundings } = this
    const settled = await settle(whole, about.needs, surroundings.cwd)
    if (settled.missing !== undefined)
      throw new Error(`${settled.missing.join(', ')} is not installed any more`)
    const { code } = settled
    return { about, code, file: codeFile(code, surroundings.as), surroundings }
  }

  private async fetchCode(sha: string): Promise<string | null> {
    const kept = this.cache.get(sha)
    if (kept !== undefined) return kept
    const code = await this.engine.redis.get(codeOf(sha))
    if (code !== null && shaOf(code) === sha) this.cache.put(sha, code)
    return code
  }

  private over(site: Site): void {
    if (site.problem !== null) this.unfit.add(site.run)
    if (site.isStopped) this.past.add(site.run)
    this.done += site.done
    this.open.delete(site)
    void this.sites.get(site.run)?.then(now => {
      if (now !== site) return
      this.sites.delete(site.run)
      void this.subscriber.unsubscribe(controlOf(site.run)).catch(() => {})
    })
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
    const all = [...this.held.values()].map(({ chunk }) => chunk)
    for (const [queue, worker] of this.workers) {
      const chunks = all.filter(({ job }) => job.queueName === queue)
      if (chunks.length === 0) continue
      const ids = chunks.map(({ job }) => job.id!)
      const tokens = chunks.map(({ token }) => token)
      try {
        for (const id of await worker.extendJobLocks(ids, tokens, LOCK_MS)) this.lose(id)
      } catch {
        // The engine is away: whether the locks still hold is seen when it is back.
      }
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
    if (channel === needsOf(this.engine.queueName)) return await this.beat()
    if (channel === callsOf(this.engine.queueName)) return await this.called(sealed)
    for (const site of this.open) {
      if (controlOf(site.run) !== channel) continue
      const text = this.engine.seal.open(`order ${site.run}`, sealed)
      if (text === null) return this.doubts.say('an order that is not signed with the key given here')
      const order = JSON.parse(text) as Order
      if (order.t === 'end') this.past.add(site.run)
      site.order(order)
    }
  }

  /** Makes ready for a run; what prevents that is told when something of it comes. */
  private async called(sealed: string): Promise<void> {
    const text = this.engine.seal.open('call', sealed)
    if (text === null) return this.doubts.say('a call that is not signed with the key given here')
    const { run, names } = JSON.parse(text) as CallUp
    if (this.isEnding || this.past.has(run) || this.unfit.has(run) || !names.includes(this.name)) return
    await this.wanted(run).catch(() => {})
  }

  private async beat(): Promise<void> {
    await this.packages.look()
    if (this.isGone) return
    const sites = [...this.open]
    const done = sites.reduce((sum, site) => sum + site.done, this.done)
    const beat: Beat = {
      name: this.name,
      host: hostname(),
      pid: process.pid,
      version,
      cores: cores(),
      held: this.held.size,
      runs: sites.map(({ run }) => run),
      done,
      perSecond: this.rate.of(done),
      slots: sites.reduce((sum, { room }) => Math.max(sum, room.slots), cores()),
      processes: sites.reduce((sum, { processes }) => sum + processes, 0),
      memory: sites.reduce((sum, { memory }) => sum + memory, process.memoryUsage.rss()),
      lacks: this.packages.lacks,
    }
    await signIn(this.engine, machinesOf(this.engine.queueName), this.name, beat).catch(() => {})
  }
}
