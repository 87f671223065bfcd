import type { Comparison } from './compare.js'
import type { Recorded } from './results.js'
import type { Row } from './row.js'

/** How much worse than the recorded one a ratio may be. */
const SLACK = 1.3

/** The rows whose limit was met in the recorded run. */
export function held(rows: readonly Row[], { rows: recorded }: Recorded): Row[] {
  return rows.filter(row => recorded.some(({ name, isMet }) => name === row.name && isMet))
}

/** What of this row has become worse than it was; a line each. */
export function worsened({ row, figures }: Comparison, { rows: recorded }: Recorded): string[] {
  const before = recorded.find(({ name }) => name === row.name)!
  return row.limit!.of.flatMap(name => {
    const was = before.contestants[name]?.ratio
    const is = figures.get(name)!.ratio
    if (was === undefined || is <= was * SLACK) return []
    return [`${row.name}: ${name} at ${is.toFixed(2)} ×, recorded at ${was.toFixed(2)} ×`]
  })
}
