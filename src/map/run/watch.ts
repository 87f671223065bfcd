import { moveOnAfter, wait } from '../../core/index.js'
import type { Coroutine } from '../../core/internal.js'
import type { Usage } from '../../workers/internal.js'
import { type Measured, offLoop, queuedOfLoop } from '../plan/measure.js'
import type { Lane } from './lane.js'
import type { Tally } from './tally.js'

/** Fewer items say nothing about what has become of the function. */
const ENOUGH = 8
/** A loop that takes longer to answer is held. */
export const HELD_MS = 20

/** What the items have cost since the last look. */
export interface Seen {
  readonly measured: Measured
  /** Share of their time in which the workers' loops were busy, and had a core: where they wait for one, more loops do too. */
  readonly busy: number
  /** Most of the workers have begun since: while they start they keep each other from the processor. */
  readonly isStarting: boolean
}

/** Measures on while the plan is in force: a function may change its nature. */
export class Watch {
  private readonly tally: Tally
  private readonly lanes: readonly Lane[]
  private usages = new Map<Lane, Usage>()
  private ok = 0
  private busyMs = 0
  private done = 0

  constructor(tally: Tally, lanes: readonly Lane[]) {
    this.tally = tally
    this.lanes = lanes
    this.mark()
  }

  /** Null where too few have ended since the last time; they will count the next time. */
  look(): Seen | null {
    const items = this.tally.ok - this.ok
    if (items < ENOUGH) return null
    const wallMs = (this.tally.busyMs - this.busyMs) / items
    const spent = new Spent()
    for (const lane of this.lanes) {
      const before = this.usages.get(lane) ?? lane.loaded?.usage
      if (lane.usage !== null && before !== undefined) spent.add(before, lane.usage)
    }
    const known = this.lanes.filter(lane => this.usages.has(lane)).length
    const isStarting = known < this.lanes.length / 2
    this.mark()
    return spent.time <= 0 ? null : { ...spent.costs(items, wallMs, items), isStarting }
  }

  /**
   * What those that run now have cost since anything ended, where `each` run at once in a worker. Null where one has
   * ended since this was asked the last time, or where a loop is held.
   */
  *lookAtRunning(each: number): Coroutine<Seen | null> {
    const { done } = this.tally
    const hasEnded = done !== this.done
    this.done = done
    const lanes = this.lanes.filter(({ loaded, inFlight }) => loaded !== null && inFlight.size > 0)
    if (hasEnded || lanes.length === 0) return null
    const usages = yield* moveOnAfter(HELD_MS, wait(Promise.all(lanes.map(({ worker }) => worker.ping()))))
    if (usages === undefined) return null
    const spent = new Spent()
    let running = 0
    for (const [at, { usage, loaded, inFlight }] of lanes.entries()) {
      const now = usages[at]!
      if (now === null) return null
      spent.add(usage ?? loaded!.usage, now)
      running += Math.min(each, inFlight.size)
    }
    if (spent.time <= 0) return null
    return { ...spent.costs(0, spent.time / lanes.length, running), isStarting: false }
  }

  private mark(): void {
    this.ok = this.tally.ok
    this.busyMs = this.tally.busyMs
    this.usages = new Map(this.lanes.flatMap(lane => (lane.usage === null ? [] : [[lane, lane.usage]])))
  }
}

/** By several workers together, in milliseconds. */
class Spent {
  private active = 0
  private idle = 0
  private cpu = 0
  private queued = 0
  private loopQueued = 0
  private queuedOfLoops = 0

  add(from: Usage, to: Usage): void {
    this.active += to.active - from.active
    this.idle += to.idle - from.idle
    this.cpu += to.cpu - from.cpu
    this.queued += to.queued - from.queued
    this.loopQueued += to.loopQueued - from.loopQueued
    this.queuedOfLoops += queuedOfLoop(from, to)
  }

  get time(): number {
    return this.active + this.idle
  }

  costs(items: number, wallMs: number, sharers: number): Pick<Seen, 'measured' | 'busy'> {
    const { active, cpu, queued, loopQueued, queuedOfLoops, time } = this
    return {
      measured: {
        items,
        wallMs,
        activeMs: active / sharers,
        cpuMs: cpu / sharers,
        queuedMs: queuedOfLoops / sharers,
        offLoop: offLoop(cpu + queued - loopQueued, active, time),
      },
      busy: Math.max(0, active - loopQueued) / time,
    }
  }
}
