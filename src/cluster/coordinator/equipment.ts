import { BadUsage } from '../../workers/bad-usage.js'
import type { Need } from '../../workers/load/index.js'
import { packagesOf, queueFor } from '../code/packages.js'
import type { Engine } from '../engine/engine.js'
import { needsOf, PREFIX } from '../engine/keys.js'
import type { Beat, Wanted } from '../engine/messages.js'
import { TTL_MS } from '../engine/scripts.js'
import type { Machines } from './machines.js'

const LOOK_EVERY_MS = 1000
const KEPT = ['meta', 'id', 'events', 'marker', 'stalled-check']
const LINES = ['wait']
const ANSWER_EVERY_MS = 50
/** How long the machines may take to say what they lack. */
const ANSWERS_MS = 3000

/** Which machines have the packages that a run needs: the others take none of its chunks. */
export class Equipment {
  /** Where its chunks are published. */
  readonly queue: string
  private readonly engine: Engine
  private readonly machines: Machines
  private readonly needs: readonly Need[]
  private readonly say: (line: string) => void
  private readonly leftOut = new Set<string>()
  private askedAt: number | null = null
  private timer: NodeJS.Timeout | undefined
  private beats = 0

  constructor(engine: Engine, machines: Machines, needs: readonly Need[], say: (line: string) => void) {
    this.engine = engine
    this.machines = machines
    this.needs = packagesOf(needs)
    this.queue = queueFor(engine.queueName, this.needs)
    this.say = say
  }

  /** Asks those that are there, and those that will come. */
  async tell(): Promise<void> {
    if (this.needs.length === 0) return
    const { engine, queue, needs } = this
    this.askedAt ??= performance.now()
    const wanted: Wanted = { queue, needs, beat: `${process.pid} ${this.beats++}` }
    const key = needsOf(engine.queueName)
    await engine.redis
      .multi()
      .hset(key, queue, engine.seal.close(`needs ${queue}`, JSON.stringify(wanted)))
      .pexpire(key, TTL_MS)
      .publish(key, queue)
      .exec()
  }

  /** What of the queue is to go with those who publish there. */
  get lines(): readonly string[] {
    return this.needs.length === 0 ? LINES : [...LINES, ...KEPT, 'active', 'stalled']
  }

  /** @throws {BadUsage} where one of the machines lacks something. */
  async check(): Promise<void> {
    if (this.needs.length === 0) return
    const until = performance.now() + ANSWERS_MS
    for (;;) {
      await this.machines.look()
      const { list } = this.machines
      if (list.every(beat => this.lackOf(beat) !== undefined) || performance.now() > until) break
      await new Promise(resolve => setTimeout(resolve, ANSWER_EVERY_MS))
    }
    const lacking = this.machines.list.flatMap(beat => {
      const lack = this.lackOf(beat)
      return lack ? [`${beat.name} lacks ${lack}`] : []
    })
    if (lacking.length > 0) throw new BadUsage(`${lacking.join('; ')}: ${this.advice}`)
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS)
  }

  end(): void {
    clearInterval(this.timer)
    if (this.needs.length > 0) this.leave().catch(() => {})
  }

  /** What BullMQ keeps of a queue it keeps for ever, and of these there may be many; another run makes it anew. */
  private async leave(): Promise<void> {
    const { engine, queue } = this
    const leaving = engine.redis.pipeline().hdel(needsOf(engine.queueName), queue)
    for (const kept of KEPT) leaving.pexpire(`${PREFIX}:${queue}:${kept}`, TTL_MS)
    await leaving.exec()
  }

  private look(): void {
    for (const beat of this.machines.list) {
      const lack = this.lackOf(beat)
      if (!lack || this.leftOut.has(beat.name)) continue
      this.leftOut.add(beat.name)
      this.say(`omakase: ${beat.name} lacks ${lack} and is left out: ${this.advice}`)
    }
  }

  /** One that has told nothing since it was asked may be gone. */
  private lackOf({ name, lacks }: Beat): string | undefined {
    const sinceAsked = performance.now() - (this.askedAt ?? 0)
    return this.machines.silenceOf(name) > sinceAsked ? undefined : lacks[this.queue]
  }

  private get advice(): string {
    return 'it cannot travel, so install it there, in the folder that omakase worker was started in, or its --cwd'
  }
}
