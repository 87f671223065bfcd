import { sleep } from '../../core/index.js'
import type { Coroutine } from '../../core/internal.js'
import { cores } from '../../workers/cores.js'
import { type Choice, MANY } from '../plan/choose.js'
import { commandPlans } from '../plan/commands.js'
import { Limit, type LimitChange } from '../plan/limit.js'
import { type Measured, median } from '../plan/measure.js'
import type { Plan } from '../plan/plan.js'
import type { PlannerParts, Planning } from '../run/planning.js'
import { CommandRegulator } from './command-regulator.js'

/** More at once would only be a load on the system. */
const MOST = 256
/** While none has ended and the processors are free, twice as many are begun so often, and no more than so many. */
const OPENING_MS = 120
const OPENING_MOST = 32
/** Above this share of its time a command counts as computing. */
const COMPUTES = 0.5
/** One that takes no longer is mostly being started. */
const TINY_MS = 20

const WORDS = {
  tiny: 'each is over almost as soon as it has begun: so about one command a core',
  computes: 'it computes: so one command a core',
  waits: 'it waits: so as many commands at once as bring more items a second',
}

/** Begins with as many commands at once as there are processors; more, where these are idle and more bring more. */
export class CommandPlanner implements Planning {
  readonly warning = null
  readonly began = performance.now()
  private readonly limit: Limit
  private readonly parts: PlannerParts
  private readonly fixed: number | undefined
  private readonly regulator: CommandRegulator

  constructor(parts: PlannerParts) {
    this.parts = parts
    const { settings, team, dispatch, scope } = parts
    const { workers = Infinity, concurrency = Infinity } = settings
    const fixed = Math.min(workers, concurrency)
    this.fixed = fixed === Infinity ? undefined : fixed
    this.limit = new Limit({
      start: this.fixed ?? cores(),
      most: this.fixed ?? MOST,
      isFixed: this.fixed !== undefined,
    })
    this.regulator = new CommandRegulator(this.limit, value => team.resize(1, value))
    dispatch.regulator = this.regulator
    if (this.fixed === undefined) {
      const planner = this
      scope.spawn(
        function* () {
          yield* planner.opening()
        },
        { name: 'opening', daemon: true },
      )
    }
  }

  get plan(): Plan {
    const workers = this.fixed ?? Math.max(1, this.regulator.peak)
    return { executor: 'processes', workers, concurrency: 1, batch: 1, isAdaptive: false }
  }

  get changes(): readonly LimitChange[] {
    return this.limit.changes
  }

  get measured(): Measured | null {
    const { samples, ended, cpuMs } = this.regulator
    if (ended === 0) return null
    return {
      items: ended,
      wallMs: median(samples),
      activeMs: 0,
      cpuMs: cpuMs / ended,
      queuedMs: 0,
      offLoop: 0,
    }
  }

  get choice(): Choice | null {
    const { measured } = this
    if (measured === null) return null
    const cpu = this.regulator.share
    const isTiny = measured.wallMs < TINY_MS
    const nature = isTiny || cpu >= COMPUTES ? 'computes' : 'waits'
    const reason = this.asked ?? (isTiny ? WORDS.tiny : WORDS[nature])
    const items = this.parts.source.progress()?.total ?? MANY
    const plan = { ...this.plan, isAdaptive: this.fixed === undefined && nature === 'waits' }
    const alternatives = commandPlans(measured, plan, items)
    const { predictedMs } = alternatives.find(one => one.plan === plan)!
    return { plan, predictedMs, classified: { nature, busy: 0, cpu }, items, reason, alternatives }
  }

  private get asked(): string | null {
    if (this.fixed === undefined) return null
    const option = this.parts.settings.workers === this.fixed ? 'workers' : 'concurrency'
    return `--${option} ${this.fixed} was asked for`
  }

  private *opening(): Coroutine<void> {
    do {
      this.parts.dispatch.wake()
      yield* sleep(OPENING_MS)
    } while (this.regulator.open(OPENING_MOST))
  }
}
