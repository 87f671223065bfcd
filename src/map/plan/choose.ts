import { cores } from '../../workers/cores.js'
import type { On } from '../options/options.js'
import { type Classified, classify } from './classify.js'
import {
  type Costs,
  MESSAGE_BYTES,
  MESSAGE_WORK_MS,
  THREAD_MESSAGE_BYTES,
  USUAL,
  WORKER_BYTES,
} from './costs.js'
import type { Measured } from './measure.js'
import { availableMemory } from './memory.js'
import type { Plan } from './plan.js'

/** What is taken for the number of items where nobody knows it. */
export const MANY = 1e6
/** Less work than that is not worth a second process. */
const SMALL_MS = 100
/** The simpler plan is kept unless another is better by more; by how much is not known well of what has just begun. */
const MARGIN = 1.15
const COLD_MARGIN = 1.5
/** Behind each event loop. */
export const POOL_THREADS = Number(process.env.UV_THREADPOOL_SIZE) || 4
/** What the first items of a function that only waits keep the loop busy, until it is compiled: one to three milliseconds each. */
const COLD_MS = 5
/** What an adaptive limit is taken to reach, in a prediction. */
const LIKELY_CONCURRENCY = 128
const START_CONCURRENCY = 32
const MOST_BLOCKED_WORKERS = 32

export interface Question {
  readonly measured: Measured
  /** Items that are still to be run; undefined where it cannot be known. */
  readonly remaining: number | undefined
  /** Processes that are there already, and cost nothing any more; one unless given. */
  readonly started?: number
  /** One event loop has been seen to be busy all the time, with more to do: it is not enough. */
  readonly isFull?: boolean
  /** The items take so little that what was seen of them is mostly the compiler's. */
  readonly isCold?: boolean
  /** Of this machine; what is usual unless given. */
  readonly costs?: Costs
  readonly fixed: {
    readonly on: On
    /** Unless it is false, threads are used only where they are asked for. */
    readonly isolate?: boolean
    readonly workers?: number
    readonly concurrency?: number
    readonly batch?: number
  }
}

export interface Candidate {
  readonly plan: Plan
  readonly predictedMs: number
}

export interface Choice extends Candidate {
  readonly classified: Classified
  /** How many items it was made for; what is taken for it where that is not known. */
  readonly items: number
  /** The rule that fired, and why, in sentences for people. */
  readonly reason: string
  /** All that were considered, this one too, the best first. */
  readonly alternatives: readonly Candidate[]
}

/** The plan with the least predicted time. What was fixed is kept; the rest follows from the measurement. */
export function choose({
  measured,
  remaining = MANY,
  started = 1,
  isFull = false,
  isCold = false,
  costs = USUAL,
  fixed,
}: Question): Choice {
  const classified = classify(measured)
  const plans = candidates(measured, classified, remaining, isFull, costs, fixed)
  const alternatives = plans
    .map(plan => ({ plan, predictedMs: predict(plan, measured, classified, remaining, costs, started) }))
    .sort((a, b) => a.predictedMs - b.predictedMs)
  const best = alternatives[0]!
  const simple = alternatives.find(({ plan }) => plan.executor === 'loop')
  const isSmall = measured.wallMs * remaining < SMALL_MS
  const margin = isCold ? COLD_MARGIN : MARGIN
  const chosen =
    simple !== undefined && (isSmall || simple.predictedMs <= best.predictedMs * margin) ? simple : best
  return {
    ...chosen,
    classified,
    items: remaining,
    reason: reasonFor(chosen, classified, isSmall, fixed),
    alternatives,
  }
}

function candidates(
  measured: Measured,
  { nature, busy }: Classified,
  remaining: number,
  isFull: boolean,
  costs: Costs,
  fixed: Question['fixed'],
): Plan[] {
  const available = cores()
  const plans: Plan[] = []
  const batchIn = (executor: Plan['executor'], concurrency: number) =>
    concurrency === 1 ? (fixed.batch ?? batchFor(executor, measured.wallMs, measured.bytes)) : 1
  const overlaps = nature === 'waits' || nature === 'pool' || nature === 'mixed'
  const isOut = fixed.on === 'processes' || fixed.on === 'threads'
  if (!isOut && (fixed.workers ?? 1) === 1) {
    const free = nature === 'pool' ? POOL_THREADS : START_CONCURRENCY
    const concurrency = fixed.concurrency ?? (overlaps ? free : 1)
    const isAdaptive = fixed.concurrency === undefined && (nature === 'waits' || nature === 'mixed')
    plans.push({
      executor: 'loop',
      workers: 1,
      concurrency,
      batch: batchIn('loop', concurrency),
      isAdaptive,
    })
  }
  // What only waits needs no second loop, whatever compiling it has cost, until its loop is seen to be full.
  const isForLoop =
    fixed.on === 'auto' &&
    fixed.workers === undefined &&
    ((nature === 'waits' && !isFull && measured.activeMs < COLD_MS) || nature === 'pool')
  if (fixed.on !== 'loop' && !isForLoop) {
    const wanted = nature === 'blocks' ? blockedWorkers(measured, remaining, available, costs) : available
    const asked = fixed.workers ?? Math.min(wanted, remaining)
    const workers = Math.max(1, Math.min(asked, fixed.concurrency ?? Infinity))
    const each = overlaps ? Math.max(1, Math.ceil(nature === 'mixed' ? 1.5 / busy : START_CONCURRENCY)) : 1
    const concurrency =
      fixed.concurrency === undefined ? each : Math.max(1, Math.floor(fixed.concurrency / workers))
    if (workers > 1 || isOut || plans.length === 0) {
      const isAdaptive = fixed.concurrency === undefined && (nature === 'waits' || nature === 'mixed')
      const plan = (executor: Plan['executor']) =>
        plans.push({ executor, workers, concurrency, batch: batchIn(executor, concurrency), isAdaptive })
      if (fixed.on !== 'threads') plan('processes')
      if (fixed.on === 'threads' || (fixed.on === 'auto' && fixed.isolate === false)) plan('threads')
    }
  }
  return plans
}

/** As many as pay for their start, and as memory has room for. */
function blockedWorkers(
  { wallMs, loadMs = 0 }: Measured,
  remaining: number,
  available: number,
  { startMs }: Costs,
): number {
  const worthwhile = Math.sqrt((remaining * wallMs * available) / (startMs + loadMs))
  const room = (availableMemory() / WORKER_BYTES) * 0.5
  return Math.max(available, Math.floor(Math.min(MOST_BLOCKED_WORKERS, worthwhile, room)))
}

export function batchFor(executor: Plan['executor'], wallMs: number, bytes = 0): number {
  const byWork = Math.round(MESSAGE_WORK_MS / Math.max(wallMs, 0.0025))
  const most = executor === 'threads' ? THREAD_MESSAGE_BYTES : MESSAGE_BYTES
  const bySize = bytes === 0 ? Infinity : Math.floor(most / bytes)
  return Math.max(1, Math.min(10_000, byWork, bySize))
}

/** Milliseconds that the rest would take. */
export function predict(
  plan: Plan,
  measured: Measured,
  { nature }: Classified,
  remaining: number,
  costs = USUAL,
  started = 1,
): number {
  const { workers, concurrency, batch, executor, isAdaptive } = plan
  if (remaining === 0) return 0
  const { wallMs, activeMs, cpuMs, loadMs = 0, bytes = 0 } = measured
  const atOnce = Math.min(
    remaining,
    workers * (isAdaptive ? Math.max(concurrency, LIKELY_CONCURRENCY) : concurrency),
  )
  const inThreads = executor === 'threads'
  const startMs = loadMs + (inThreads ? costs.threadStartMs : costs.startMs)
  const messageMs = inThreads ? costs.threadMessageMs : costs.messageMs
  const others = workers - (inThreads ? 1 : started)
  const starting = executor !== 'loop' && others > 0 ? startMs * Math.max(1, others / cores()) : 0
  // Half of it is this process's; what the others have of it is in what keeps their loops busy.
  const talking = (remaining * costs.itemMs + (remaining / batch) * messageMs) / 2
  // The times of items that stood in line for a thread say nothing; what they used of the processor does.
  const oneAfterTheOther = nature === 'pool' ? 0 : (remaining * wallMs) / atOnce
  const megabytes = (remaining * bytes) / 1e6
  // All that goes there and back passes through this process, however many workers there are; and through a child.
  const here = megabytes * costs.megabyteMs + talking
  const between = inThreads ? megabytes * Math.max(0, costs.threadMegabyteThereMs - costs.megabyteThereMs) : 0
  // More that compute than there are cores bring nothing.
  const active = remaining * activeMs
  const loops = active / (nature === 'blocks' ? workers : Math.min(workers, cores()))
  // Beside a busy loop, what the threads behind it used was mostly the compiler's, which soon has done its work.
  const processor = nature === 'pool' || nature === 'mixed' ? remaining * cpuMs : 0
  const there = Math.max(processor, nature === 'computes' ? active : 0)
  const everywhere = (here + between + there) / cores()
  return starting + Math.max(oneAfterTheOther, loops, everywhere, here, between)
}

const WORDS = {
  computes: 'it computes: so one WORKER a core',
  blocks: 'it blocks its event loop without computing: so many at once, each in a WORKER of its own',
  pool: 'its work is done by the threads behind the event loop: so as many at once as there are threads',
  waits: 'it waits: so one event loop with many items at once, as many as bring more items a second',
  mixed: 'it waits and keeps the loop busy: so as many at once as keep each loop busy, and one WORKER a core',
}

function reasonFor(
  { plan }: Candidate,
  { nature }: Classified,
  isSmall: boolean,
  fixed: Question['fixed'],
): string {
  if (fixed.on !== 'auto') return `--on ${fixed.on} was asked for`
  if (fixed.workers !== undefined && plan.executor !== 'loop')
    return `--workers ${fixed.workers} was asked for`
  if (plan.executor === 'loop' && (nature === 'computes' || nature === 'blocks')) {
    return isSmall
      ? 'all of it is less work than starting another process'
      : 'other processes would not bring it to its end sooner by more than they cost'
  }
  if (plan.executor !== 'loop' && nature === 'waits')
    return 'it waits, and what it does between kept one event loop busy: so several loops with many items at once'
  if (plan.executor === 'loop' && nature === 'mixed')
    return 'it mostly waits, and one event loop is enough for it'
  return WORDS[nature].replace('WORKER', plan.executor === 'threads' ? 'thread' : 'process')
}
