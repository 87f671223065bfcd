import { type Comparison, meets } from './compare.js'
import { quantile } from './quantile.js'
import type { Limit, Row } from './row.js'

/** One row for the terminal: median, the middle half of the rounds, how many a second, ratio to the baseline, limit. */
export function table({ row, baseline, figures }: Comparison): string {
  const { limit, unit } = row
  const width = Math.max(...[...figures.keys()].map(name => name.length))
  const lines = [...figures].map(([name, figure]) => {
    const { median, ratio, rounds } = figure
    const columns = [
      `  ${name.padEnd(width)}`,
      amount(median, unit).padStart(10),
      `${amount(quantile(rounds, 0.25), unit)} – ${amount(quantile(rounds, 0.75), unit)}`.padStart(22),
      unit === 'ns' ? rate(median).padStart(11) : '',
      (name === baseline ? '1' : `${ratio.toFixed(2)} ×`).padStart(10),
      limit?.of.includes(name) ? `  ${words(limit, unit)}: ${meets(limit, figure) ? 'met' : 'MISSED'}` : '',
    ]
    return columns.join('').trimEnd()
  })
  return [`${row.job} (${row.name})`, ...lines, ''].join('\n')
}

function words(limit: Limit, unit: Row['unit']): string {
  return 'ratio' in limit ? `limit ${limit.ratio} ×` : `limit ${amount(limit.most, unit)}`
}

function rate(ns: number): string {
  const perSecond = 1e9 / ns
  return perSecond < 1e6 ? `${(perSecond / 1e3).toFixed(0)} k/s` : `${(perSecond / 1e6).toFixed(1)} M/s`
}

function amount(value: number, unit: Row['unit']): string {
  if (unit === 'B') return value < 1e6 ? `${value.toFixed(0)} B` : `${(value / 1e6).toFixed(0)} MB`
  const ns = unit === 'ms' ? value * 1e6 : value
  if (ns < 1e3) return `${ns.toFixed(ns < 100 ? 1 : 0)} ns`
  if (ns < 1e6) return `${(ns / 1e3).toFixed(2)} µs`
  if (ns < 1e9) return `${(ns / 1e6).toFixed(0)} ms`
  return `${(ns / 1e9).toFixed(2)} s`
}
