import type { Settings } from '../options/options.js'
import type { Plan } from './plan.js'

/** Where, how many workers and how many at once were all given: there is nothing to find out. */
export function fixedPlan({ on, workers: wanted, concurrency, batch }: Settings): Plan | null {
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
