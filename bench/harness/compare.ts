import { quantile } from './quantile.js'
import { type Limit, NotInstalled, type Row } from './row.js'

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
  /** Contestants that this machine does not have, and what to install. */
  readonly missing: ReadonlyMap<string, string>
  /** Undefined where the row has no limit, or nobody to hold it against. */
  readonly isMet: boolean | undefined
}

/**
 * Runs all contestants of a row, interleaved, each round in another order, after a round that does not count.
 * Whatever the machine does meanwhile meets all of them, so the ratios of one round are comparable.
 */
export async function compare(row: Row, rounds: number): Promise<Comparison> {
  const names = Object.keys(row.contestants)
  const seen = new Map<string, number[]>(names.map(name => [name, []]))
  const missing = new Map<string, string>()
  for (let round = row.fresh ? 0 : -1; round < rounds; round++) {
    for (let place = 0; place < names.length; place++) {
      const name = names[(place + round + 1) % names.length]!
      if (missing.has(name)) continue
      if (row.collects) globalThis.gc?.()
      try {
        const figure = await row.contestants[name]!()
        if (round >= 0) seen.get(name)!.push(figure)
      } catch (error) {
        if (!(error instanceof NotInstalled)) throw new Error(`${row.name}, ${name}`, { cause: error })
        missing.set(name, error.message)
        seen.delete(name)
      }
    }
  }
  const baseline = best(row.baseline, seen)
  const figures = new Map(
    [...seen].map(([name, values]) => [
      name,
      { median: quantile(values, 0.5), ratio: ratio(values, seen.get(baseline)!), rounds: values },
    ]),
  )
  return { row, baseline, figures, missing, isMet: isMet(row.limit, figures) }
}

/** Whether a contestant keeps to the limit; undefined where it, or what it is held against, is not there. */
export function meets(
  limit: Limit,
  name: string,
  figures: ReadonlyMap<string, Figures>,
): boolean | undefined {
  const figure = figures.get(name)
  if (figure === undefined) return undefined
  if ('most' in limit) return figure.median <= limit.most
  if (limit.to === undefined) return figure.ratio <= limit.ratio
  const other = figures.get(limit.to)
  return other && ratio(figure.rounds, other.rounds) <= limit.ratio
}

function isMet(limit: Limit | undefined, figures: ReadonlyMap<string, Figures>): boolean | undefined {
  const verdicts = limit?.of.map(name => meets(limit, name, figures))
  return verdicts?.includes(undefined) ? undefined : verdicts?.every(verdict => verdict)
}

function ratio(values: readonly number[], others: readonly number[]): number {
  return quantile(
    values.map((value, round) => value / others[round]!),
    0.5,
  )
}

function best(baseline: Row['baseline'], seen: ReadonlyMap<string, readonly number[]>): string {
  if (typeof baseline === 'string') return baseline
  const median = (name: string) => quantile(seen.get(name)!, 0.5)
  return baseline.reduce((a, b) => (median(b) < median(a) ? b : a))
}
