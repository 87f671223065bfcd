import { moveOnAfter, type Scope, sleep, wait } from '../../core/index.js'
import type { Coroutine } from '../../core/internal.js'
import { cores } from '../../workers/cores.js'
import type { Loaded, Spare, Usage } from '../../workers/internal.js'
import type { Source } from '../input/source.js'
import type { Settings } from '../options/options.js'
import { type Candidate, type Choice, choose, POOL_THREADS, type Question } from '../plan/choose.js'
import { classify, INSTANT_MS, type Nature } from '../plan/classify.js'
import { type Costs, USUAL } from '../plan/costs.js'
import { keptCosts } from '../plan/kept-costs.js'
import { Limit, type LimitChange, openingPause, START } from '../plan/limit.js'
import { mayGrow } from '../plan/may-grow.js'
import { type Measured, mean, measure, median } from '../plan/measure.js'
import { isMemoryShort } from '../plan/memory.js'
import type { Plan } from '../plan/plan.js'
import { Settling } from '../plan/settling.js'
import { Adaptive } from './adaptive.js'
import type { Dispatch } from './dispatch.js'
import type { Intake } from './intake.js'
import type { PlanChange, Planning } from './planning.js'
import { Probing, Steady } from './regulators.js'
import type { Tally } from './tally.js'
import type { Team } from './team.js'
import { Wakeup } from './wakeup.js'
import { HELD_MS, type Seen, Watch } from './watch.js'

/** Items that the probe looks at, and how long it looks. */
const PROBED = 8
const ENOUGH = 3
const TINY = 96
const TINY_MS = 25
/** What takes next to nothing runs on until it is compiled, so long, and as long again to see what it takes. */
const WARMING_MS = 50
/** What takes less is even then not known better than by half. */
const COLD_MS = 0.005
const PROBE_MS = 500
/** Of items that hold the loop fewer do, once they have held it for so long. */
const HELD_LOOK_MS = 100
/** A closure that keeps the loop busier than that over a tenth of a second blocks it. */
const BLOCKS = 0.9
/** A first item that takes longer is not waited for: whether the loop answers says enough. */
const PATIENCE_MS = 10
/** A loop that was held tells soon of what has ended meanwhile. */
const TOLD_MS = 100
/** What an item is taken to last where none was measured: the first ones go out one by one. */
const GUESSED_MS = 1000
/** How often it is looked whether the function still is what it was; so many times in a row that it is not count. */
const LOOK_MS = 500
const CONVINCED = 2
/** A loop that is full from the start is looked at sooner, so many times. */
const SOON_MS = 100
const SOON = 5
/** One event loop that is busier than that is what bounds the run. */
const FULL = 0.8
/** Workers that together do less than that could be one. */
const ALMOST_FREE = 0.5
/** In processes nothing else is on the loop: they may be fuller than the one loop that also hears of everything. */
const FROZEN_ABOVE = 0.95

/** How many ran at once before a plan comes into force; and what has ended of a crowd that was let in. */
interface SoFar {
  readonly peak: number
  tell?(limit: Limit): void
}
const NOTHING: SoFar = { peak: 0 }

export interface PlannerParts {
  readonly scope: Scope
  readonly settings: Settings
  readonly dispatch: Dispatch
  readonly team: Team
  readonly tally: Tally
  readonly source: Source
  readonly intake: Intake
  readonly loaded: Loaded
  readonly isLocal: boolean
  readonly spare: Spare | undefined
}

/** Measures the first items while they run for good, chooses the plan, and puts it into force. */
export class Planner implements Planning {
  choice: Choice | null = null
  measured: Measured | null = null
  readonly began = performance.now()
  /** All that were in force, one after the other. */
  private readonly limits: Limit[] = []
  private readonly planChanges: PlanChange[] = []
  private readonly parts: PlannerParts
  private adaptive: Adaptive | null = null
  private steady: Steady | null = null
  private readonly wakeup = new Wakeup()
  private known: Costs | undefined

  constructor(parts: PlannerParts) {
    this.parts = parts
    const { isLocal, settings, scope } = parts
    if (isLocal) {
      const adaptive = this.adapt(settings.concurrency)
      this.openWhile(() => adaptive.open())
      return
    }
    // The module may have a say of its own.
    if (parts.spare?.isThere && !mayGrow(settings, this.remaining())) parts.spare.end()
    const given = fixedPlan(settings)
    if (given !== null) {
      this.hold(given, GUESSED_MS)
      return
    }
    const probing = new Probing(
      settings.concurrency ?? Infinity,
      this.wakeup.notify,
      lane => lane === parts.team.lanes[0],
    )
    parts.dispatch.regulator = probing
    const planner = this
    scope.spawn(
      function* () {
        yield* planner.probe(probing)
      },
      { name: 'probe', daemon: true },
    )
  }

  /** The plan as it is now; null while the first items are being measured. */
  get plan(): Plan | null {
    const { adaptive, steady } = this
    if (adaptive !== null) {
      const { concurrency } = this.parts.settings
      const { workers } = adaptive
      return {
        executor: this.choice?.plan.executor ?? 'loop',
        workers,
        concurrency: concurrency ?? Math.max(1, Math.ceil(adaptive.peak / workers)),
        batch: 1,
        isAdaptive: concurrency === undefined,
      }
    }
    const seen = Math.max(1, this.parts.intake.seen)
    return (
      steady && {
        ...steady.plan,
        batch: steady.plan.concurrency === 1 ? Math.min(seen, steady.usualBatch) : 1,
      }
    )
  }

  /** What is wrong with how a closure runs, and what to do about it. */
  get warning(): string | null {
    const busy = this.parts.isLocal ? (this.adaptive?.busiest ?? 0) : 0
    if (busy < BLOCKS) return null
    return `it kept this event loop ${Math.round(100 * busy)} % busy: pass a module, new URL('./work.js', import.meta.url), to have it computed in processes`
  }

  get changes(): readonly (PlanChange | LimitChange)[] {
    return [...this.planChanges, ...this.limits.flatMap(({ changes }) => changes)]
  }

  overloaded(itemMs: number): void {
    const now = performance.now()
    this.adaptive?.limit.overloaded(now - itemMs, now, this.parts.dispatch.inFlight, false)
  }

  /** Items that are still to end; undefined where it cannot be known. */
  readonly remaining = (): number | undefined => {
    const { source, dispatch, intake } = this.parts
    const total = source.progress()?.total
    return total === undefined
      ? undefined
      : Math.max(0, total - intake.seen) + dispatch.inFlight + dispatch.waitingForHost
  }

  private *probe(probing: Probing): Coroutine<void> {
    const { team, loaded, dispatch } = this.parts
    const began = performance.now()
    yield* moveOnAfter(PATIENCE_MS, () => this.until(() => probing.ends.length > 0))
    let from: Usage = loaded.usage
    let first = 0
    if (probing.ends.length > 0 && probing.ends[0]!.ms < PATIENCE_MS) {
      // The first one compiles and connects; what comes after it is the rule.
      from = probing.ends[0]!.usage
      first = 1
    }
    const isFree = probing.ends.length > 0 || (yield* this.isFreeWhileRunning(probing))
    const most = this.parts.settings.concurrency ?? Infinity
    // Items that have ended at once say nothing about overlapping.
    const wanted = isFree ? (probing.ends.length === 0 ? START : PROBED) : 1
    probing.allowed = Math.min(wanted, most)
    team.setConcurrency(probing.allowed)
    dispatch.wake()
    if (isFree) {
      this.openWhile(() => {
        const opened = probing.open()
        if (opened !== undefined) team.setConcurrency(opened)
        return opened
      })
    } else this.startOthers()
    const left = () => began + PROBE_MS - performance.now()
    yield* moveOnAfter(Math.max(0, left()), () =>
      this.until(() => this.isOver || isSeen(probing.ends.length, performance.now() - began, isFree)),
    )
    if (probing.ends.length === 0 && !this.isOver) yield* this.firstEndIfHeld(probing)
    const ends = probing.ends.slice(probing.ends.length > first ? first : 0)
    if (ends.length < ENOUGH && ends.length > 0 && this.isOver) return
    const isKnown = ends.length > 0 && (ends.length >= PROBED || !(yield* this.othersWait(probing)))
    if (!isKnown) {
      this.decide(stillWaiting(began), probing, aloneMs(probing))
      return
    }
    const times = ends.map(end => end.ms)
    const seen = measure(times, from, ends.at(-1)!.usage, median(probing.sizes), this.costs)
    const alone = this.alone(seen)
    if (alone === undefined) {
      this.decide(seen, probing, aloneMs(probing))
      return
    }
    const warm = yield* this.warm(seen, alone)
    this.decide(warm, { peak: this.atOnce })
  }

  /** Tiny items that seem to be worth a second process: most of what was seen of them was the compiler's. */
  private alone(seen: Measured): Candidate | undefined {
    const { plan, alternatives } = this.chosen(seen)
    if (seen.wallMs >= INSTANT_MS || plan.executor === 'loop') return undefined
    return alternatives.find(one => one.plan.executor === 'loop')
  }

  private *warm(seen: Measured, alone: Candidate): Coroutine<Measured> {
    const { tally, team, dispatch } = this.parts
    this.measured = { ...seen, loadMs: this.loadMs }
    this.choice = { ...this.chosen(seen), ...alone, reason: UNKNOWN }
    this.hold(alone.plan, seen.wallMs)
    // What its way takes is known, whatever the compiler does.
    const wayMs = ((seen.bytes ?? 0) / 1e6) * this.costs.megabyteThereMs
    this.haveSpareJoin({ ...seen, wallMs: wayMs, activeMs: wayMs, cpuMs: wayMs }, seen.wallMs)
    dispatch.wake()
    const watch = new Watch(tally, team.lanes)
    yield* sleep(WARMING_MS / 2)
    const warmer = watch.look()?.measured
    if (warmer !== undefined) this.haveSpareJoin(warmer, warmer.wallMs)
    yield* sleep(WARMING_MS / 2)
    watch.look()
    yield* sleep(WARMING_MS)
    const warm = watch.look()
    return warm === null ? seen : { ...warm.measured, bytes: seen.bytes ?? 0 }
  }

  /** The process that has been started for nothing as yet need not wait until all is known. */
  private haveSpareJoin(seen: Measured, wallMs: number): void {
    if (!this.parts.spare?.isThere) return
    const { plan } = this.again(seen, { isCold: isCold(seen) })
    if (plan.executor === 'processes') this.hold({ ...plan, workers: 2 }, wallMs)
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
  private *firstEndIfHeld(probing: Probing): Coroutine<void> {
    const asked = performance.now()
    const isFree = yield* this.isFreeWhileRunning(probing)
    if (!isFree || performance.now() - asked < PATIENCE_MS) return
    yield* moveOnAfter(TOLD_MS, () => this.until(() => probing.ends.length > 0 || this.isOver))
  }

  /** A few have ended, but what has been running for long since leaves the loop free: it is the rule, and they are not. */
  private *othersWait({ running, endedAt }: Probing): Coroutine<boolean> {
    const lane = this.parts.team.lanes[0]
    if (this.isOver || lane === undefined || running === 0 || performance.now() - endedAt < PROBE_MS / 2)
      return false
    return (yield* moveOnAfter(HELD_MS, wait(lane.worker.ping()))) != null
  }

  private decide(seen: Measured, so: SoFar, aloneMs = 0): void {
    const measured = { ...seen, loadMs: this.loadMs }
    this.measured = measured
    this.enforce(this.chosen(measured, { isCold: isCold(measured) }), measured, so, aloneMs)
    const planner = this
    this.parts.scope.spawn(
      function* () {
        yield* planner.watch()
      },
      { name: 'plan', daemon: true },
    )
  }

  private chosen(measured: Measured, given: Partial<Question> = {}): Choice {
    const { settings, team, spare } = this.parts
    const { on, workers, concurrency, batch, isolate = true } = settings
    return choose({
      measured,
      remaining: this.remaining(),
      started: team.processes + (spare?.isThere ? 1 : 0),
      costs: this.costs,
      ...given,
      fixed: {
        on,
        isolate,
        ...(workers !== undefined && { workers }),
        ...(concurrency !== undefined && { concurrency }),
        ...(batch !== undefined && { batch }),
      },
    })
  }

  private enforce(choice: Choice, measured: Measured, so: SoFar, aloneMs = 0): void {
    this.choice = choice
    const { plan } = choice
    if (plan.isAdaptive) this.adapt(undefined, so, plan, aloneMs)
    else this.hold(plan, measured.wallMs)
    this.parts.dispatch.wake()
  }

  /** Plans again where the function has become another, or has been misjudged. */
  private *watch(): Coroutine<void> {
    const { tally, team } = this.parts
    const watch = new Watch(tally, team.lanes)
    yield* this.watchCompiling(watch)
    this.parts.spare?.end()
    let odd = 0
    for (;;) {
      yield* sleep(LOOK_MS)
      this.mindMemory()
      // Where one at a time runs in each worker, much may wait for little.
      const { steady } = this
      const seen =
        watch.look() ?? (steady === null ? null : yield* watch.lookAtRunning(steady.plan.concurrency))
      if (seen === null) continue
      this.lookBack(seen)
      odd = !seen.isStarting && this.isOdd(seen) ? odd + 1 : 0
      if (odd < CONVINCED) continue
      odd = 0
      this.planAgain(seen)
    }
  }

  /** More loops are not planned for what may only be the compiler's; soon it can be told apart. */
  private *watchCompiling(watch: Watch): Coroutine<void> {
    const settling = new Settling(this.measured!)
    const isAlone = () => this.choice!.plan.isAdaptive && this.choice!.plan.workers === 1
    for (let looks = 0; looks < SOON && settling.isOpen && isAlone(); looks++) {
      yield* sleep(SOON_MS)
      const seen = watch.look()
      if (seen === null) continue
      const isItsOwn = settling.saw(seen.measured) && seen.busy >= FULL
      if (!isItsOwn || this.again(seen.measured, { isFull: true }).plan.workers === 1) continue
      this.planAgain(seen)
      return
    }
  }

  /** What each plan would have taken for the whole run: the first items were not compiled yet, or were just the first. */
  private lookBack({ measured }: Seen): void {
    const choice = this.choice!
    if (this.steady === null || classify(measured).nature !== choice.classified.nature) return
    const remaining = this.parts.tally.done + (this.remaining() ?? 0)
    const { alternatives } = this.again(measured, { remaining, started: 1 })
    this.choice = { ...choice, alternatives }
  }

  /** What is seen does not fit the plan. */
  private isOdd({ measured, busy }: Seen): boolean {
    const { plan, classified } = this.choice!
    const { nature } = classify(measured)
    // One process was enough for what the first items did; the others may be worth their start.
    const isAlone = plan.executor === 'loop' && (nature === 'computes' || nature === 'blocks')
    if (!plan.isAdaptive)
      return nature !== classified.nature || (isAlone && this.again(measured).plan.executor !== 'loop')
    if (nature === 'computes' || nature === 'blocks') return true
    // Threads behind the loop may be the compiler's as well: theirs is the work where they all have some, and more than it.
    const { offLoop, cpuMs, activeMs } = measured
    if (nature === 'pool' && offLoop >= POOL_THREADS * FULL && cpuMs >= 2 * activeMs) return true
    // Both are for loops with many items at once: how many of them is the question.
    return plan.workers === 1 ? busy >= FULL : busy * plan.workers < ALMOST_FREE
  }

  private planAgain({ measured: seen, busy }: Seen): void {
    const before = this.choice!
    const choice = this.again(seen, { isFull: busy >= FULL })
    const { plan } = choice
    const isSame =
      plan.executor === before.plan.executor &&
      plan.workers === before.plan.workers &&
      plan.isAdaptive === before.plan.isAdaptive &&
      plan.concurrency === before.plan.concurrency
    if (isSame) {
      this.choice = { ...before, classified: choice.classified }
      return
    }
    this.enforce(choice, seen, { peak: this.atOnce })
    const nature = choice.classified.nature
    this.note(
      nature === before.classified.nature
        ? `its event loop was ${Math.round(100 * busy)} % busy`
        : `it does not ${DOES[before.classified.nature]} any more: ${choice.reason}`,
    )
  }

  /** What runs; the others that the workers have stand in line there. */
  private get atOnce(): number {
    const { inFlight } = this.parts.dispatch
    const { workers, concurrency } = this.steady?.plan ?? { workers: Infinity, concurrency: 1 }
    return Math.min(inFlight, workers * concurrency)
  }

  /** What would be chosen for what is left, if it is as what has been seen since. */
  private again(seen: Measured, given?: Partial<Question>): Choice {
    const measured = { ...seen, loadMs: this.loadMs, bytes: this.measured?.bytes ?? 0 }
    return this.chosen(measured, given)
  }

  /** While memory is short nothing grows, and of more workers than there are cores half must do. */
  private mindMemory(): void {
    const isShort = isMemoryShort()
    if (this.adaptive !== null) this.adaptive.isHeld = isShort
    const choice = this.choice!
    const { workers } = choice.plan
    if (!isShort || this.steady === null || workers <= cores() || this.parts.settings.workers !== undefined)
      return
    const plan = { ...choice.plan, workers: Math.max(cores(), workers >> 1) }
    this.choice = { ...choice, plan }
    this.hold(plan, this.steady.wallMs)
    this.note('memory is short')
  }

  private note(why: string): void {
    if (this.planChanges.length < MOST_CHANGES)
      this.planChanges.push({ at: performance.now(), plan: this.plan!, why })
  }

  private hold(plan: Plan, wallMs: number): void {
    const { team, dispatch, settings } = this.parts
    const bytes = this.measured?.bytes ?? 0
    this.adaptive = null
    this.steady = new Steady(plan, wallMs, bytes, settings.batch, this.remaining, () => dispatch.inFlight)
    dispatch.regulator = this.steady
    team.resize(plan.workers, plan.concurrency, plan.executor === 'threads')
  }

  private adapt(fixed: number | undefined, so: SoFar = NOTHING, plan?: Plan, aloneMs = 0): Adaptive {
    const { team, dispatch } = this.parts
    const { peak } = so
    const { workers = 1, concurrency = START } = plan ?? {}
    const limit = new Limit(
      fixed === undefined
        ? {
            start: Math.max(concurrency * workers, peak),
            aloneMs,
            ...(workers > 1 && { frozenAbove: FROZEN_ABOVE }),
          }
        : { start: fixed, most: fixed, isFixed: true },
    )
    if (peak > START) so.tell?.(limit)
    this.steady = null
    this.limits.push(limit)
    const inThreads = plan?.executor === 'threads'
    const setConcurrency = (each: number) => team.resize(workers, each, inThreads)
    this.adaptive = new Adaptive(limit, workers, setConcurrency, dispatch.inFlight, peak)
    dispatch.regulator = this.adaptive
    return this.adaptive
  }

  /** Lets in more and more before anything has ended, each time when the worker's loop has got round to answering. */
  private openWhile(open: () => number | undefined): void {
    const { scope, team, dispatch } = this.parts
    scope.spawn(
      function* () {
        let opened: number | undefined = START
        while (opened !== undefined) {
          yield* sleep(openingPause(opened))
          const lane = team.lanes[0]
          if (lane === undefined || !(yield* wait(lane.worker.ping()))) return
          opened = open()
          dispatch.wake()
        }
      },
      { name: 'opening', daemon: true },
    )
  }

  private get costs(): Costs {
    this.known ??= keptCosts() ?? USUAL
    return this.known
  }

  private get loadMs(): number {
    const { loadMs, setupMs } = this.parts.loaded
    return loadMs + setupMs
  }

  private get isOver(): boolean {
    return this.parts.dispatch.isOver
  }

  private *until(test: () => boolean): Coroutine<void> {
    while (!test()) yield* this.wakeup.wait()
  }

  /** Whether the worker's event loop answers before the first item has ended. */
  private *isFreeWhileRunning(probing: Probing): Coroutine<boolean> {
    const lane = this.parts.team.lanes[0]
    if (lane === undefined) return false
    let isFree = false
    lane.worker.ping().then(answered => {
      isFree = answered !== null
      this.wakeup.notify()
    })
    const isKnown = () => isFree || probing.ends.length > 0 || this.isOver
    yield* moveOnAfter(HELD_MS, () => this.until(isKnown))
    if (!isKnown()) this.startOthers()
    yield* this.until(isKnown)
    return isFree && probing.ends.length === 0
  }
}

const MOST_CHANGES = 1000

const UNKNOWN =
  'it takes next to nothing: whether others would pay for their start is seen when it has been compiled'

const DOES: { readonly [nature in Nature]: string } = {
  computes: 'compute',
  blocks: 'block',
  pool: 'leave its work to the threads behind the loop',
  waits: 'only wait',
  mixed: 'wait and compute',
}

function isCold({ wallMs }: Measured): boolean {
  return wallMs < COLD_MS
}

/** Of tiny items more are looked at: what eight of them cost is mostly what beginning costs. */
function isSeen(ended: number, ms: number, isFree: boolean): boolean {
  if (!isFree && ended >= ENOUGH && ms >= HELD_LOOK_MS) return true
  return ended >= PROBED && (ms >= TINY_MS || ended >= TINY)
}

/** Milliseconds that an item takes with few beside it; 0 where none has been served. */
function aloneMs({ ends }: Probing): number {
  return mean(ends.filter(({ overload }) => overload === undefined).map(({ ms }) => ms))
}

/** None of the first items has ended, and the loop is free: they wait, and for long. */
function stillWaiting(began: number): Measured {
  return { items: 0, wallMs: performance.now() - began, activeMs: 0, cpuMs: 0, queuedMs: 0, offLoop: 0 }
}

/** Where, how many workers and how many at once were all given: there is nothing to find out. */
function fixedPlan({ on, workers: wanted, concurrency, batch }: Settings): Plan | null {
  if (on === 'auto' || concurrency === undefined) return null
  if (on === 'loop')
    return {
      executor: on,
      workers: 1,
      concurrency,
      batch: concurrency === 1 ? (batch ?? 1) : 1,
      isAdaptive: false,
    }
  if (wanted === undefined) return null
  const workers = Math.min(wanted, concurrency)
  const each = Math.floor(concurrency / workers)
  return { executor: on, workers, concurrency: each, batch: each === 1 ? (batch ?? 1) : 1, isAdaptive: false }
}
