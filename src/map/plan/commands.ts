import { cores } from '../../workers/cores.js'
import type { Candidate } from './choose.js'
import type { Measured } from './measure.js'
import type { Plan } from './plan.js'

/** What this process does to begin a command and to hear of its end, one after the other. */
const BEGIN_MS = 1

/**
 * So many commands at once, as somebody might have said by hand, beside what was chosen; the best first. Where more are
 * tried as long as they bring more, more by hand are no other plan.
 */
export function commandPlans(measured: Measured, chosen: Plan, items: number): Candidate[] {
  const few = cores()
  const most = chosen.isAdaptive ? chosen.workers : items
  const hands = [1, few, 4 * few, 16 * few].filter(n => n <= Math.min(most, items) && n !== chosen.workers)
  return [chosen, ...[...new Set(hands)].map(workers => ({ ...chosen, workers, isAdaptive: false }))]
    .map(plan => ({ plan, predictedMs: predictCommands(plan.workers, measured, items) }))
    .sort((a, b) => a.predictedMs - b.predictedMs)
}

/** Milliseconds that so many commands would take. */
export function predictCommands(atOnce: number, { wallMs, cpuMs }: Measured, items: number): number {
  const oneAfterTheOther = (items * wallMs) / Math.min(atOnce, Math.max(1, items))
  return Math.max(oneAfterTheOther, (items * cpuMs) / Math.min(atOnce, cores()), items * BEGIN_MS)
}
