import { quantile } from './quantile.js'
import type { Limit, Row } from './row.js'

export interface Figures {
  /** In the unit of the row. */
  readonly median: number
  /** Median over the rounds of: this contestant ÷ the baseline in the same round. */
  readonly ratio: number
  readonly rounds: readonly number[]
}

export interface Comparison {
  readonly row: Row
  readonly baseline: string
  readonly figures: ReadonlyMap<string, Figures>
  /** Undefined where the row has no limit. */
  readonly isMet: boolean | undefined
}

/**
 * Runs all contestants of a row in one process, interleaved, each round in another order, after a round that does not
 * count. Whatever the machine does meanwhile meets all of them, so the ratios of one round are comparable.
 */
export async function compare(row: Row, rounds: number): Promise<Comparison> {
  const names = Object.keys(row.contestants)
  const seen = new Map<string, number[]>(names.map(name => [name, []]))
  for (let round = -1; round < rounds; round++) {
    for (let place = 0; place < names.length; place++) {
      const name = names[(place + round + 1) % names.length]!
      if (row.collects) globalThis.gc?.()
      const figure = await row.contestants[name]!()
      if (round >= 0) seen.get(name)!.push(figure)
    }
  }
  const baseline = best(row.baseline, seen)
  const figures = new Map(
    [...seen].map(([name, values]) => [
      name,
      {
        median: quantile(values, 0.5),
        ratio: quantile(
          values.map((value, round) => value / seen.get(baseline)![round]!),
          0.5,
        ),
        rounds: values,
      },
    ]),
  )
  const isMet = row.limit?.of.every(name => meets(row.limit!, figures.get(name)!))
  return { row, baseline, figures, isMet }
}

/** Whether a contestant keeps to the limit. */
export function meets(limit: Limit, { ratio, median }: Figures): boolean {
  return 'ratio' in limit ? ratio <= limit.ratio : median <= limit.most
}

function best(baseline: Row['baseline'], seen: ReadonlyMap<string, readonly number[]>): string {
  if (typeof baseline === 'string') return baseline
  const median = (name: string) => quantile(seen.get(name)!, 0.5)
  return baseline.reduce((a, b) => (median(b) < median(a) ? b : a))
}
