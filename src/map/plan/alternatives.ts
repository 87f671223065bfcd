import { cores } from '../../workers/cores.js'
import { type Candidate, predict } from './choose.js'
import { classify } from './classify.js'
import type { Measured } from './measure.js'
import type { Plan } from './plan.js'

/**
 * Plans that somebody might have picked by hand, beside the chosen one: where to run, how many workers, and how many at
 * once differ by far. With the predicted time of each, the best first.
 */
export function alternatives(measured: Measured, chosen: Plan, items: number): Candidate[] {
  const few = cores()
  const plans = [
    chosen,
    loop(1),
    loop(8),
    loop(64),
    processes(few, 1, chosen),
    processes(few * 4, 1, chosen),
    processes(few, 32, chosen),
  ]
  const classified = classify(measured)
  const seen = new Set<string>()
  return plans
    .filter(plan => {
      const { executor, workers, concurrency, isAdaptive } = plan
      const key = `${executor} ${workers} ${isAdaptive || concurrency}`
      // More at once than there are items is the same plan with other numbers.
      const isDistinct = plan === chosen || (workers <= items && workers * concurrency <= items * 2)
      return isDistinct && !seen.has(key) && seen.add(key)
    })
    .map(plan => ({ plan, predictedMs: predict(plan, measured, classified, items) }))
    .sort((a, b) => a.predictedMs - b.predictedMs)
}

function loop(concurrency: number): Plan {
  return { executor: 'loop', workers: 1, concurrency, batch: 1, isAdaptive: false }
}

function processes(workers: number, concurrency: number, { batch }: Plan): Plan {
  return {
    executor: 'processes',
    workers,
    concurrency,
    batch: concurrency === 1 ? batch : 1,
    isAdaptive: false,
  }
}
