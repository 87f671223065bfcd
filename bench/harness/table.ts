import { type Comparison, meets } from './compare.js'
import { quantile } from './quantile.js'
import type { Limit, Row } from './row.js'

/** One row for the terminal: median, the middle half of the rounds, how many a second, ratio to the baseline, limit. */
export function table({ row, baseline, figures, missing }: Comparison): string {
  const { limit, unit } = row
  const width = Math.max(...[...figures.keys()].map(name => name.length))
  const lines = [...figures].map(([name, { median, ratio, rounds }]) => {
    const columns = [
      `  ${name.padEnd(width)}`,
      amount(median, unit).padStart(10),
      `${amount(quantile(rounds, 0.25), unit)} – ${amount(quantile(rounds, 0.75), unit)}`.padStart(22),
      unit === 'ns' ? rate(median).padStart(11) : '',
      (name === baseline ? '1' : `${times(ratio)} ×`).padStart(9),
      limit?.of.includes(name) ? `  ${words(limit, unit)}: ${verdict(meets(limit, name, figures))}` : '',
    ]
    return columns.join('').trimEnd()
  })
  const absent = [...missing].map(([name, what]) => `  ${name}: not installed (${what})`)
  return [`${row.job} (${row.name})`, ...lines, ...absent, ''].join('\n')
}

function verdict(isMet: boolean | undefined): string {
  return isMet === undefined ? '?' : isMet ? 'met' : 'MISSED'
}

function words(limit: Limit, unit: Row['unit']): string {
  if ('most' in limit) return `limit ${amount(limit.most, unit)}`
  const ratio = `limit ${times(limit.ratio)} ×`
  return limit.to === undefined ? ratio : `${ratio} ${limit.to}`
}

function times(ratio: number): string {
  return ratio.toFixed(ratio < 100 ? 2 : 0)
}

function rate(ns: number): string {
  const perSecond = 1e9 / ns
  if (perSecond < 1e4) return `${perSecond.toFixed(0)} /s`
  return perSecond < 1e6 ? `${(perSecond / 1e3).toFixed(0)} k/s` : `${(perSecond / 1e6).toFixed(1)} M/s`
}

function amount(value: number, unit: Row['unit']): string {
  if (unit === 'commands') return value.toFixed(2)
  if (unit === 'B') return value < 1e6 ? `${value.toFixed(0)} B` : `${(value / 1e6).toFixed(0)} MB`
  const ns = unit === 'ms' ? value * 1e6 : value
  if (ns < 1e3) return `${ns.toFixed(ns < 100 ? 1 : 0)} ns`
  if (ns < 1e6) return `${(ns / 1e3).toFixed(2)} µs`
  if (ns < 1e9) return `${(ns / 1e6).toFixed(ns < 1e7 ? 1 : 0)} ms`
  return `${(ns / 1e9).toFixed(2)} s`
}
