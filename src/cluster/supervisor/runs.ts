import type { Redis } from 'ioredis'
import { codeFile, type Spare, type Surroundings, type User } from '../../workers/internal.js'
import { settle } from '../../workers/load/index.js'
import type { CodeCache } from '../code/code-cache.js'
import { shaOf } from '../code/sha.js'
import type { Engine } from '../engine/engine.js'
import { codeOf, controlOf, recordOf } from '../engine/keys.js'
import type { About, Order } from '../engine/messages.js'
import type { HeldChunk } from './chunk.js'
import type { Doubts } from './doubts.js'
import { Past } from './past.js'
import { Proof } from './proof.js'
import { type Found, Site } from './site.js'

export interface RunsParts {
  /** What this machine is called. */
  readonly by: string
  readonly surroundings: Surroundings & { readonly cwd: string; readonly as?: User }
  readonly cache: CodeCache
  readonly doubts: Doubts
  readonly spare: Spare
}

export interface RunsEvents {
  /** Workers could do more than they have. */
  hungry(): void
  /** All of a chunk has ended, and the coordinator can know. */
  finished(chunk: HeldChunk): void
}

/** The runs that this machine works for, from their first chunk here until nobody wants them. */
export class Runs {
  private readonly engine: Engine
  private readonly parts: RunsParts
  private readonly events: RunsEvents
  private readonly subscriber: Redis
  private readonly sites = new Map<string, Promise<Site | null>>()
  readonly open = new Set<Site>()
  /** Those whose coordinator has said that they have ended: what comes of them later is a replay. */
  private readonly past = new Past()
  /** Those whose function cannot be used here. */
  private readonly unfit = new Past()
  private readonly proof: Proof
  /** Those that are not open yet. */
  private readonly beginning = new Set<string>()
  private doneBefore = 0
  private stage = 0

  constructor(engine: Engine, subscriber: Redis, parts: RunsParts, events: RunsEvents) {
    this.engine = engine
    this.parts = parts
    this.events = events
    this.proof = new Proof(engine, parts.by)
    this.subscriber = subscriber
    subscriber.on('message', (channel, text) => this.heard(channel, text))
  }

  get isHungry(): boolean {
    for (const site of this.open) if (site.isHungry) return true
    return false
  }

  /** Items that have ended here. */
  get done(): number {
    return [...this.open].reduce((sum, site) => sum + site.done, this.doneBefore)
  }

  isPast(run: string): boolean {
    return this.past.has(run)
  }

  isUnfit(run: string): boolean {
    return this.unfit.has(run) && !this.past.has(run)
  }

  stopAt(stage: number): void {
    this.stage = stage
    for (const site of this.open) site.stopAt(stage)
  }

  /** When those that are open now have ended. */
  async areOver(): Promise<void> {
    await Promise.all([...this.open].map(site => site.ended))
  }

  /**
   * Where the run is worked on here; `null` where nobody wants it. One that has been dropped is not taken up again:
   * another one begins.
   */
  async wanted(run: string): Promise<Site | null> {
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
      if (found !== null) this.parts.doubts.say(found)
      this.sites.delete(run)
      return null
    }
    if (!(await this.isWanted(run))) {
      found.file.remove()
      this.sites.delete(run)
      return null
    }
    // A command has processes of its own.
    const first = found.about.command === undefined ? this.parts.spare.take() : undefined
    const site = new Site(
      this.engine,
      run,
      this.parts.by,
      { ...found, first },
      {
        ...this.events,
        over: () => this.over(site),
      },
    )
    this.open.add(site)
    // It may have been stopped before it could be heard of here.
    await site.look()
    if (this.stage > 0) site.stopAt(this.stage)
    return site
  }

  /** Hears of it from then on. */
  private async isWanted(run: string): Promise<boolean> {
    await this.subscriber.subscribe(controlOf(run))
    this.beginning.add(run)
    const isWanted = await this.proof.ask(run).catch(() => null)
    this.beginning.delete(run)
    if (isWanted) return true
    if (isWanted === false) this.parts.doubts.say('a run whose coordinator does not answer')
    void this.subscriber.unsubscribe(controlOf(run)).catch(() => {})
    return false
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
    const { surroundings } = this.parts
    const settled = await settle(whole, about.needs, surroundings.cwd)
    if (settled.missing !== undefined)
      throw new Error(`${settled.missing.join(', ')} is not installed any more`)
    const { code } = settled
    return { about, code, file: codeFile(code, surroundings.as), surroundings }
  }

  private async fetchCode(sha: string): Promise<string | null> {
    const { cache } = this.parts
    const kept = cache.get(sha)
    if (kept !== undefined) return kept
    const code = await this.engine.redis.get(codeOf(sha))
    if (code !== null && shaOf(code) === sha) cache.put(sha, code)
    return code
  }

  private over(site: Site): void {
    const { run } = site
    if (site.problem !== null) this.unfit.add(run)
    if (site.isStopped) this.past.add(run)
    this.doneBefore += site.done
    this.open.delete(site)
    void this.sites.get(run)?.then(now => {
      if (now !== site) return
      this.sites.delete(run)
      void this.subscriber.unsubscribe(controlOf(run)).catch(() => {})
    })
  }

  private heard(channel: string, sealed: string): void {
    const sites = [...this.open].filter(({ run }) => controlOf(run) === channel)
    const run = sites[0]?.run ?? [...this.beginning].find(one => controlOf(one) === channel)
    if (run === undefined) return
    const text = this.engine.seal.open(`order ${run}`, sealed)
    if (text === null) {
      this.parts.doubts.say('an order that is not signed with the key given here')
      return
    }
    const order = JSON.parse(text) as Order
    if (order.t === 'end') this.past.add(run)
    if (order.t === 'left') this.proof.answered(order.token)
    for (const site of sites) site.order(order)
  }
}
