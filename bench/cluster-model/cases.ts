import type { Case, Costs, Outcome, Rules } from './simulate.js'
import { simulate } from './simulate.js'

/** Of one Redis: 4,000 jobs a second, a report in 30 µs; of the coordinator: 100,000 lines a second. */
export const COSTS: Costs = { jobsPerSecond: 4000, reportMs: 0.03, linesPerSecond: 100_000, roundTripMs: 1 }

export interface Asked extends Case {
  /** The inputs are dealt out to so many runs, each with its part of the machines and a Redis of its own. */
  readonly runs?: number
}

export type Row = Asked & Outcome

const SLOTS = 64
const TIMES = [1, 10, 100, 1000, 10_000]

/** The curve. */
export const CURVE: readonly Asked[] = [10, 100, 1000].flatMap(machines =>
  TIMES.map(itemMs => ({ machines, slots: SLOTS, itemMs })),
)
/** What then, where that is not enough. */
export const WHAT_THEN: readonly Asked[] = [
  { machines: 1000, slots: SLOTS, itemMs: 100, runs: 8 },
  { machines: 1000, slots: SLOTS, itemMs: 10, runs: 50 },
]
/** As many as are lost in an hour, where it is 1 %: all at one moment. */
export const LOSSES: readonly Asked[] = [1000, 10_000].map(itemMs => ({
  machines: 1000,
  slots: SLOTS,
  itemMs,
  lost: 10,
}))

export function model({ runs = 1, ...asked }: Asked, rules: Rules): Row {
  const one = simulate({ ...asked, machines: asked.machines / runs }, COSTS, rules)
  const { itemsPerSecond, chunksPerSecond, reportsPerSecond, open } = one
  return rounded({
    ...asked,
    ...(runs > 1 && { runs }),
    ...one,
    itemsPerSecond: runs * itemsPerSecond,
    chunksPerSecond: runs * chunksPerSecond,
    reportsPerSecond: runs * reportsPerSecond,
    open: runs * open,
  })
}

function rounded(row: Row): Row {
  const pairs = Object.entries(row).map(([name, value]) => [name, Number(value.toPrecision(4))])
  return Object.fromEntries(pairs) as Row
}
