import { moveOnAfter, wait } from '../../core/index.js'
import type { Coroutine } from '../../core/internal.js'
import { cores } from '../../workers/cores.js'
import type { Usage } from '../../workers/internal.js'
import type { Costs } from '../plan/costs.js'
import { START } from '../plan/limit.js'
import { type Measured, measure, median } from '../plan/measure.js'
import { isMemoryShort } from '../plan/memory.js'
import { openWhile } from './opening.js'
import type { PlannerParts } from './planning.js'
import { Probing } from './regulators.js'
import { Wakeup } from './wakeup.js'
import { HELD_MS } from './watch.js'

/** Items that it looks at, and how long it looks. */
const PROBED = 8
const ENOUGH = 3
const TINY = 96
const TINY_MS = 25
const PROBE_MS = 500
/** Of items that hold the loop fewer do, once they have held it for so long. */
const HELD_LOOK_MS = 100
/** A first item that takes longer is not waited for: whether the loop answers says enough. */
const PATIENCE_MS = 10
/** A loop that was held tells soon of what has ended meanwhile. */
const TOLD_MS = 100

/** Finds out what the function does with its time, from the first items of the run. */
export class Probe {
  readonly regulator: Probing
  private readonly parts: PlannerParts
  private readonly costs: Costs
  private readonly remaining: () => number | undefined
  private readonly wakeup = new Wakeup()

  constructor(parts: PlannerParts, costs: Costs, remaining: () => number | undefined) {
    const { settings, team } = parts
    this.parts = parts
    this.costs = costs
    this.remaining = remaining
    this.regulator = new Probing(
      settings.concurrency ?? Infinity,
      this.wakeup.notify,
      lane => lane === team.lanes[0],
    )
  }

  /** What an item costs; undefined where all were over before that could be seen. */
  *run(): Coroutine<Measured | undefined> {
    const { regulator, parts } = this
    const { team, loaded, dispatch, settings } = parts
    const { ends } = regulator
    const began = performance.now()
    yield* moveOnAfter(PATIENCE_MS, () => this.until(() => ends.length > 0))
    let from: Usage = loaded.usage
    let first = 0
    if (ends.length > 0 && ends[0]!.ms < PATIENCE_MS) {
      // The first one compiles and connects; what comes after it is the rule.
      from = ends[0]!.usage
      first = 1
    }
    const isFree = ends.length > 0 || (yield* this.isFreeWhileRunning())
    // Items that have ended at once say nothing about overlapping.
    const wanted = isFree ? (ends.length === 0 ? START : PROBED) : 1
    regulator.allowed = Math.min(wanted, settings.concurrency ?? Infinity)
    team.setConcurrency(regulator.allowed)
    dispatch.wake()
    if (isFree) {
      openWhile(parts, () => {
        const opened = regulator.open()
        if (opened !== undefined) team.setConcurrency(opened)
        return opened
      })
    } else this.startOthers()
    const left = () => began + PROBE_MS - performance.now()
    yield* moveOnAfter(Math.max(0, left()), () =>
      this.until(() => this.isOver || isSeen(ends.length, performance.now() - began, isFree)),
    )
    if (ends.length === 0 && !this.isOver) yield* this.firstEndIfHeld()
    const seen = ends.slice(ends.length > first ? first : 0)
    if (seen.length < ENOUGH && seen.length > 0 && this.isOver) return undefined
    const isKnown = seen.length > 0 && (seen.length >= PROBED || !(yield* this.othersWait()))
    if (!isKnown) return stillWaiting(began)
    const times = seen.map(({ ms }) => ms)
    return measure(times, from, seen.at(-1)!.usage, median(regulator.sizes), this.costs)
  }

  /** What holds its loop will have a worker a core: they start while it is measured. */
  private startOthers(): void {
    const { team, settings } = this.parts
    const { on, isolate = true, workers = cores(), concurrency = Infinity } = settings
    const size = Math.min(workers, concurrency, this.remaining() ?? Infinity)
    if (size > 1 && on !== 'loop' && (isolate || on !== 'auto') && !isMemoryShort())
      team.resize(size, 1, on === 'threads')
  }

  /** A loop that does not answer is no loop that waits: when it does, what held it may have come to its end. */
  private *firstEndIfHeld(): Coroutine<void> {
    const asked = performance.now()
    const isFree = yield* this.isFreeWhileRunning()
    if (!isFree || performance.now() - asked < PATIENCE_MS) return
    yield* moveOnAfter(TOLD_MS, () => this.until(() => this.regulator.ends.length > 0 || this.isOver))
  }

  /** A few have ended, but what has been running for long since leaves the loop free: it is the rule, and they are not. */
  private *othersWait(): Coroutine<boolean> {
    const { running, endedAt } = this.regulator
    const lane = this.parts.team.lanes[0]
    if (this.isOver || lane === undefined || running === 0 || performance.now() - endedAt < PROBE_MS / 2)
      return false
    return (yield* moveOnAfter(HELD_MS, wait(lane.worker.ping()))) != null
  }

  /** Whether the worker's event loop answers before the first item has ended. */
  private *isFreeWhileRunning(): Coroutine<boolean> {
    const { ends } = this.regulator
    const lane = this.parts.team.lanes[0]
    if (lane === undefined) return false
    let isFree = false
    lane.worker.ping().then(answered => {
      isFree = answered !== null
      this.wakeup.notify()
    })
    const isKnown = () => isFree || ends.length > 0 || this.isOver
    yield* moveOnAfter(HELD_MS, () => this.until(isKnown))
    if (!isKnown()) this.startOthers()
    yield* this.until(isKnown)
    return isFree && ends.length === 0
  }

  private *until(test: () => boolean): Coroutine<void> {
    while (!test()) yield* this.wakeup.wait()
  }

  private get isOver(): boolean {
    return this.parts.dispatch.isOver
  }
}

/** Of tiny items more are looked at: what eight of them cost is mostly what beginning costs. */
function isSeen(ended: number, ms: number, isFree: boolean): boolean {
  if (!isFree && ended >= ENOUGH && ms >= HELD_LOOK_MS) return true
  return ended >= PROBED && (ms >= TINY_MS || ended >= TINY)
}

/** None of the first items has ended, and the loop is free: they wait, and for long. */
function stillWaiting(began: number): Measured {
  return { items: 0, wallMs: performance.now() - began, activeMs: 0, cpuMs: 0, queuedMs: 0, offLoop: 0 }
}
