import { hostname } from 'node:os'
import type { Job } from 'bullmq'
import type { Redis } from 'ioredis'
import { ENTRY } from '../../map/worker-entry.js'
import { cacheFolder } from '../../node/cache-folder.js'
import { cores } from '../../workers/cores.js'
import { Spare, type User } from '../../workers/internal.js'
import { CodeCache } from '../code/code-cache.js'
import type { Engine } from '../engine/engine.js'
import { callsOf, leaseOf, machinesOf, needsOf, resultsOf } from '../engine/keys.js'
import type { Beat, CallUp, ChunkJob, Report } from '../engine/messages.js'
import { Rate } from '../engine/rate.js'
import { signIn } from '../engine/roll.js'
import { version } from '../engine/version.js'
import { HeldChunk } from './chunk.js'
import { Doubts } from './doubts.js'
import { Fetcher, type Wish } from './fetcher.js'
import { Packages } from './packages.js'
import { Runs } from './runs.js'
import type { Site } from './site.js'

const RENEW_EVERY_MS = 2000
const BEAT_EVERY_MS = 1000
const LOOK_EVERY_MS = 100
const ILL_MS = 5000
/** Chunks that are held however much there is to do, and at most. */
const FEWEST_HELD = 2
const MOST_HELD = 1024

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
  private readonly fetcher: Fetcher
  private readonly runs: Runs
  private readonly packages: Packages
  private readonly subscriber: Redis
  private readonly spare: Spare
  private readonly held = new Map<string, { readonly chunk: HeldChunk; readonly site: Site }>()
  private readonly timers: NodeJS.Timeout[]
  private readonly doubts: Doubts
  private readonly rate = new Rate()
  private stage = 0
  /** A chunk that runs, or is to run, with nothing beside it. */
  private alone: HeldChunk | null = null
  private hasComplained = false
  private isGone = false
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
    this.fetcher = new Fetcher(engine, name, {
      wants: coming => this.wants(coming),
      fetched: (job, token) => this.fetched(job, token),
    })
    this.packages = new Packages(engine, cwd, {
      has: queue => this.fetcher.serve(queue),
      gone: queue => this.fetcher.forsake(queue),
      log,
    })
    this.subscriber = engine.another()
    const surroundings = { cwd, ...(as !== undefined && { as }) }
    this.spare = new Spare(ENTRY, surroundings)
    this.runs = new Runs(
      engine,
      this.subscriber,
      {
        by: name,
        surroundings,
        cache: new CodeCache(options.cache ?? cacheFolder(), log),
        doubts: this.doubts,
        spare: this.spare,
      },
      { hungry: () => this.fetcher.wake(), finished: chunk => this.finish(chunk) },
    )
    const [needs, calls] = [needsOf(engine.queueName), callsOf(engine.queueName)]
    this.subscriber.on('message', (channel, text) => {
      if (channel === needs) void this.beat()
      else if (channel === calls) void this.called(text)
    })
    this.subscriber.subscribe(needs, calls).catch(() => {})
    this.timers = [
      setInterval(() => void this.renew(), RENEW_EVERY_MS),
      setInterval(() => void this.beat(), BEAT_EVERY_MS),
      setInterval(() => this.prepare(), BEAT_EVERY_MS),
    ]
    void this.beat()
    this.fetcher.serve(engine.queueName)
  }

  /** Takes nothing more and gives back what has not begun. First: what runs may end. Second: it is cancelled. Third: killed. */
  stop(): void {
    this.stage++
    this.fetcher.isEnding = true
    this.spare.end()
    this.runs.stopAt(this.stage)
    if (this.stage === 1) void this.leave()
  }

  private async leave(): Promise<void> {
    await this.runs.areOver()
    await this.fetcher.end()
    // What was being taken may have begun another one.
    await this.runs.areOver()
    await this.fetcher.haveEnded()
    for (const timer of this.timers) clearInterval(timer)
    this.isGone = true
    await this.engine.redis.hdel(machinesOf(this.engine.queueName), this.name).catch(() => {})
    this.subscriber.disconnect()
    this.left()
  }

  // --- chunks --------------------------------------------------------------------------------------------------

  private wants(coming: number): Wish {
    if (this.alone !== null) return 'no'
    const held = this.held.size + coming
    if (held < FEWEST_HELD) return 'now'
    return held < MOST_HELD && this.runs.isHungry ? 'soon' : 'no'
  }

  private async fetched(job: Job<ChunkJob>, token: string): Promise<void> {
    const { run, chunk: number, body } = job.data
    // Another queue may have been quicker with one that runs alone.
    if (this.stage > 0 || this.alone !== null) return await this.fetcher.giveBack(job, token)
    const isOurs = typeof run === 'string' && typeof body === 'string'
    // It was lost, has come back, and it is not known yet that it was lost.
    this.lose(job.id!)
    // Its coordinator has not been there for so long that nothing of it is left but its place in the line.
    if (Object.keys(job.data).length === 0) return await this.complete(job, token)
    const text = isOurs ? this.engine.seal.open(`chunk ${run} ${number}`, body) : null
    let site: Site | null
    if (isOurs && this.runs.isUnfit(run))
      return await this.decline(job, token, new Error('a run has a function that fails to load'))
    try {
      site = text === null ? null : await this.runs.wanted(run)
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
      if (isOurs && !this.runs.isPast(run)) await this.refuse(run, number)
      await this.complete(job, token)
    }
    this.runAlone()
  }

  /** It is this machine with which something is wrong: others take the chunk, while it is put right here. */
  private async decline(job: Job, token: string, error: unknown): Promise<void> {
    await this.fetcher.giveBack(job, token)
    if (!this.hasComplained)
      this.log(`cannot run code here: ${(error as Error).message}; looking again every ${ILL_MS / 1000} s`)
    this.hasComplained = true
    const until = performance.now() + ILL_MS
    while (performance.now() < until && this.stage === 0)
      await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS))
  }

  /** Its coordinator, where there is one, has the chunk still, and publishes what it was. */
  private async refuse(run: string, chunk: number): Promise<void> {
    const { redis, seal } = this.engine
    const report: Report = { by: this.name, refused: [chunk] }
    const text = seal.close(`report ${run}`, JSON.stringify(report))
    await redis.omakaseReport(leaseOf(run), resultsOf(run), text).catch(() => {})
  }

  /** With nothing to show for it. */
  private async complete(job: Job, token: string): Promise<void> {
    await job.moveToCompleted(null, token, false).catch(() => {})
  }

  /** When nothing else is left here. */
  private runAlone(): void {
    const { alone } = this
    if (alone === null || alone.wasAsked || this.held.size > 1) return
    this.held.get(alone.job.id!)?.site.ask(alone)
  }

  private finish(chunk: HeldChunk): void {
    this.drop(chunk)
    this.fetcher.complete(chunk)
    this.fetcher.wake()
  }

  private drop(chunk: HeldChunk): void {
    const id = chunk.job.id!
    if (this.held.get(id)?.chunk === chunk) this.held.delete(id)
    if (this.alone === chunk) this.alone = null
    this.runAlone()
  }

  private async renew(): Promise<void> {
    const chunks = [...this.held.values()].map(({ chunk }) => chunk)
    for (const id of await this.fetcher.renew(chunks)) this.lose(id)
  }

  private lose(id: string): void {
    const lost = this.held.get(id)
    if (lost === undefined) return
    this.drop(lost.chunk)
    lost.site.lose(lost.chunk)
    this.fetcher.wake()
  }

  /** Not while it would take time from what runs. */
  private prepare(): void {
    if (this.stage === 0 && this.runs.open.size === 0) this.spare.start()
  }

  // --- news ----------------------------------------------------------------------------------------------------

  /** Makes ready for a run; what prevents that is told when something of it comes. */
  private async called(sealed: string): Promise<void> {
    const text = this.engine.seal.open('call', sealed)
    if (text === null) return this.doubts.say('a call that is not signed with the key given here')
    const { run, names } = JSON.parse(text) as CallUp
    if (this.stage > 0 || this.runs.isPast(run) || this.runs.isUnfit(run) || !names.includes(this.name))
      return
    await this.runs.wanted(run).catch(() => {})
  }

  private async beat(): Promise<void> {
    await this.packages.look()
    if (this.isGone) return
    const sites = [...this.runs.open]
    const { done } = this.runs
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
