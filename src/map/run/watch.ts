import type { Usage } from '../../workers/internal.js'
import { type Measured, offLoop } from '../plan/measure.js'
import type { Lane } from './lane.js'
import type { Tally } from './tally.js'

/** Fewer items say nothing about what has become of the function. */
const ENOUGH = 8

/** What the items have cost since the last look. */
export interface Seen {
  readonly measured: Measured
  /** Share of their time in which the workers' loops were busy, and had a core: where they wait for one, more loops do too. */
  readonly busy: number
}

/** Measures on while the plan is in force: a function may change its nature. */
export class Watch {
  private readonly tally: Tally
  private readonly lanes: readonly Lane[]
  private usages = new Map<Lane, Usage>()
  private ok = 0
  private busyMs = 0

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
    let [active, cpu, queued, loopQueued, idle] = [0, 0, 0, 0, 0]
    for (const lane of this.lanes) {
      const before = this.usages.get(lane) ?? lane.loaded?.usage
      const { usage } = lane
      if (usage === null || before === undefined) continue
      active += usage.active - before.active
      idle += usage.idle - before.idle
      cpu += usage.cpu - before.cpu
      queued += usage.queued - before.queued
      loopQueued += usage.loopQueued - before.loopQueued
    }
    this.mark()
    const time = active + idle
    if (time <= 0) return null
    return {
      measured: {
        items,
        wallMs,
        activeMs: active / items,
        cpuMs: cpu / items,
        queuedMs: queued / items,
        offLoop: offLoop(cpu + queued - loopQueued, active, time),
      },
      busy: Math.max(0, active - loopQueued) / time,
    }
  }

  private mark(): void {
    this.ok = this.tally.ok
    this.busyMs = this.tally.busyMs
    this.usages = new Map(this.lanes.flatMap(lane => (lane.usage === null ? [] : [[lane, lane.usage]])))
  }
}
