import { sleep } from '../../core/index.js'
import type { Coroutine } from '../../core/internal.js'
import { cores } from '../../workers/cores.js'
import { type Candidate, type Choice, choose, POOL_THREADS, type Question } from '../plan/choose.js'
import { classify, INSTANT_MS, type Nature } from '../plan/classify.js'
import { type Costs, USUAL } from '../plan/costs.js'
import { fixedPlan } from '../plan/fixed.js'
import { keptCosts } from '../plan/kept-costs.js'
import { Limit, type LimitChange, START } from '../plan/limit.js'
import { mayGrow } from '../plan/may-grow.js'
import type { Measured } from '../plan/measure.js'
import { isMemoryShort } from '../plan/memory.js'
import type { Plan } from '../plan/plan.js'
import { Settling } from '../plan/settling.js'
import { Adaptive } from './adaptive.js'
import { openWhile } from './opening.js'
import type { PlanChange, PlannerParts, Planning } from './planning.js'
import { Probe } from './probe.js'
import { Steady } from './regulators.js'
import { type Seen, Watch } from './watch.js'

/** What takes next to nothing runs on until it is compiled, so long, and as long again to see what it takes. */
const WARMING_MS = 50
/** What takes less is even then not known better than by half. */
const COLD_MS = 0.005
/** A closure that keeps the loop busier than that over a tenth of a second blocks it. */
const BLOCKS = 0.9
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
/** Changes of the plan that are told of. */
const MOST_CHANGES = 1000

/** How many ran at once before a plan comes into force; and what has ended of a crowd that was let in. */
interface SoFar {
  readonly peak: number
  /** Milliseconds that an item took with few beside it; 0 where that is not known. */
  readonly aloneMs?: number
  tell?(limit: Limit): void
}
const NOTHING: SoFar = { peak: 0 }

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
  private known: Costs | undefined

  constructor(parts: PlannerParts) {
    this.parts = parts
    const { isLocal, settings, scope } = parts
    if (isLocal) {
      const adaptive = this.adapt(settings.concurrency)
      openWhile(parts, () => adaptive.open())
      return
    }
    // The module may have a say of its own.
    if (parts.spare?.isThere && !mayGrow(settings, this.remaining())) parts.spare.end()
    const given = fixedPlan(settings)
    if (given !== null) {
      this.hold(given, GUESSED_MS)
      return
    }
    const probe = new Probe(parts, this.costs, this.remaining)
    parts.dispatch.regulator = probe.regulator
    const planner = this
    scope.spawn(
      function* () {
        yield* planner.begin(probe)
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

  private *begin(probe: Probe): Coroutine<void> {
    const seen = yield* probe.run()
    if (seen === undefined) return
    const alone = this.alone(seen)
    if (alone === undefined) this.decide(seen, probe.regulator)
    else this.decide(yield* this.warm(seen, alone), { peak: this.atOnce })
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

  private decide(seen: Measured, so: SoFar): void {
    const measured = { ...seen, loadMs: this.loadMs }
    this.measured = measured
    this.enforce(this.chosen(measured, { isCold: isCold(measured) }), measured, so)
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

  private enforce(choice: Choice, measured: Measured, so: SoFar): void {
    this.choice = choice
    const { plan } = choice
    if (plan.isAdaptive) this.adapt(undefined, so, plan)
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

  private adapt(fixed: number | undefined, so: SoFar = NOTHING, plan?: Plan): Adaptive {
    const { team, dispatch } = this.parts
    const { peak, aloneMs = 0 } = so
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

  private get costs(): Costs {
    this.known ??= keptCosts() ?? USUAL
    return this.known
  }

  private get loadMs(): number {
    const { loadMs, setupMs } = this.parts.loaded
    return loadMs + setupMs
  }
}

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
