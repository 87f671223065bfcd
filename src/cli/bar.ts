import { clock, count, rate } from '../map/page/figures.js'

/** What a line of progress is made of. */
export interface Snapshot {
  readonly done: number
  readonly failed: number
  /** Items in all; undefined where it cannot be known. */
  readonly total: number | undefined
  readonly perSecond: number
  /** The plan as it is now, in a few words. */
  readonly plan: string
  readonly stage: number
}

const NARROWEST_BAR = 8
const STAGES = [
  '',
  'letting what runs end (Ctrl-C again: cancel it)',
  'cancelling (Ctrl-C again: kill)',
  'killing',
]

/** One line for a terminal of so many columns. */
export function bar(snapshot: Snapshot, columns: number, isColoured: boolean): string {
  const text = words(snapshot, columns)
  const { done, total } = snapshot
  const room = columns - text.length - 3
  if (total === undefined || room < NARROWEST_BAR) return text.slice(0, columns - 1)
  const width = Math.min(36, room)
  const share = total === 0 ? 1 : Math.min(1, done / total)
  const full = Math.floor(share * width)
  const half = share * width - full >= 0.5 && full < width ? '╸' : ''
  const rest = '━'.repeat(width - full - half.length)
  const drawn = isColoured
    ? `\u001b[36m${'━'.repeat(full)}${half}\u001b[90m${rest}\u001b[39m`
    : `${'━'.repeat(full)}${half}${' '.repeat(rest.length)}`
  return `${drawn}  ${text}`
}

/** The same in words, for a log; of so many columns, what fits: the plan is the first to go, a Ctrl-C's answer stays. */
export function words({ done, failed, total, perSecond, plan, stage }: Snapshot, columns = Infinity): string {
  const parts = [total === undefined ? `${count(done)} done` : `${count(done)} of ${count(total)}`]
  if (total !== undefined && total > 0) parts.push(`${Math.floor((100 * done) / total)} %`)
  parts.push(rate(perSecond))
  if (total !== undefined && perSecond > 0) parts.push(`${clock((1000 * (total - done)) / perSecond)} left`)
  if (failed > 0) parts.push(`${count(failed)} failed`)
  parts.push(stage === 0 ? plan : STAGES[stage]!)
  while (parts.length > 1 && parts.join('  ').length >= columns) parts.splice(stage === 0 ? -1 : -2, 1)
  return parts.join('  ')
}
