import { figure } from './figure.js'
import type { Fixed, Workload } from './workload.js'

/** No plan is given longer than that, in milliseconds. */
const MOST = 15_000
/** Plans that came out so close to the best are tried beside it once more. */
const CLOSE = 1.12

/** The plans that did best, one after the other; those that are slower are cut off. */
export async function bestPlans(workload: Workload, perMs: number): Promise<Fixed[]> {
  let best = MOST
  const tried: { plan: Fixed; ms: number }[] = []
  for (const plan of workload.plans) {
    const done = await figure(workload, perMs, best * CLOSE, plan)
    if (done === undefined) continue
    tried.push({ plan, ms: done.ms })
    best = Math.min(best, done.ms)
  }
  if (tried.length === 0) throw new Error(`${workload.name}: no plan ended in time`)
  return tried
    .filter(({ ms }) => ms <= best * CLOSE)
    .sort((a, b) => a.ms - b.ms)
    .slice(0, 2)
    .map(({ plan }) => plan)
}
