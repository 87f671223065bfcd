import { ScheduleError, usage } from './errors.js'
import { type Repeatable, repeatable } from './repeatable.js'
import { checkSeed, trial } from './trial.js'

/** Which schedules are tried. */
export interface ExploreOptions {
  /** How many schedules to try, or the seeds of those that are to be tried. 100 by default. */
  readonly seeds?: number | Iterable<number>
}

const DEFAULT_SEEDS = 100

/**
 * Runs a body once for each seed, each time on a new virtual clock and under another schedule: whichever of its
 * tasks are ready, any of them may go on. Under an even seed each is as likely at every step; under an odd one a task
 * keeps going before the others until, at a few steps, it falls back behind them. Checks as `runTest` does; the first failure ends it, and names its seed.
 *
 * @example
 * let balance = 0
 * const deposit = function* () {
 *   yield* sleep(1)
 *   balance += 10
 * }
 * await explore(() => all([deposit, deposit]), { seeds: 50 })
 * await explore(() => all([deposit, deposit]), { seeds: [137] }) // the one that a failure has named
 * balance // 1020
 * @throws ScheduleError with what the body threw as its `cause`; UsageError for a seed that is no whole number of 0 or more.
 * @see S. Burckhardt et al., A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs, 2010
 */
export async function explore(body: Repeatable<unknown>, options: ExploreOptions = {}): Promise<void> {
  const again = repeatable('explore', body)
  for (const seed of seedsOf(options.seeds ?? DEFAULT_SEEDS)) {
    const { exit } = await trial(again, { seed })
    if (exit.status !== 'ok')
      throw new ScheduleError(seed, exit.status === 'failed' ? exit.error : exit.reason)
  }
}

function seedsOf(seeds: number | Iterable<number>): readonly number[] {
  if (typeof seeds === 'number') {
    if (Number.isSafeInteger(seeds) && seeds >= 1) return Array.from({ length: seeds }, (_, seed) => seed)
  } else if (typeof seeds === 'object' && seeds !== null && Symbol.iterator in seeds) {
    const list = [...seeds].map(checkSeed)
    if (list.length > 0) return list
  }
  throw usage.badSeeds(seeds)
}
