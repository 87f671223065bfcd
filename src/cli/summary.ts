import { count, rate, share, span } from '../map/page/figures.js'
import type { Candidate } from '../map/plan/choose.js'
import { describePlan } from '../map/plan/plan.js'
import type { Report } from '../map/report.js'

export interface SummaryContext {
  /** Failed items that the file held before. */
  readonly journalFailed: number
  readonly output: string | undefined
  /** What there are many of: items unless given. */
  readonly noun?: string
  /** The inputs were run to their end. */
  readonly isWhole: boolean
}

/** The last words of a run: what was done, how, and why so. */
export function summary(report: Report, context: SummaryContext): string {
  const lines = [headline(report, context), ...failures(report, context)]
  const { plan, reason, workerDeaths, reruns } = report
  if (report.items.ok + report.items.failed > 0 && plan !== null) {
    lines.push(row('plan', describePlan(plan)), row('why', reason))
    const other = context.noun === undefined ? alternative(report) : null
    if (other !== null)
      lines.push(row('else', `${describePlan(other.plan)} would have taken about ${span(other.predictedMs)}`))
  }
  lines.push(...machineRows(report))
  if (workerDeaths > 0)
    lines.push(
      row(
        'deaths',
        `${count(workerDeaths)} of a worker; ${count(reruns)} ${context.noun ?? 'item'}s run again`,
      ),
    )
  if (!context.isWhole && context.output !== undefined)
    lines.push(row('go on', `the same command with --resume goes on with ${context.output}`))
  return `${lines.join('\n')}\n`
}

function headline({ items, ms }: Report, { noun = 'item' }: SummaryContext): string {
  const { ok, failed, skipped } = items
  const done = ok + failed
  const parts = [`${count(done)} ${noun}${done === 1 ? '' : 's'} in ${span(ms)}`, `${count(ok)} ok`]
  if (failed > 0) parts.push(`${count(failed)} failed`)
  if (skipped > 0) parts.push(`${count(skipped)} done before`)
  if (done > 1) parts.push(rate((1000 * done) / ms))
  return parts.join('   ')
}

function failures({ failures, items }: Report, { output, journalFailed }: SummaryContext): string[] {
  const failed = items.failed + journalFailed
  if (failed === 0) return []
  const kinds = Object.entries(failures).sort((a, b) => b[1] - a[1])
  const shown = kinds.slice(0, 5).map(([kind, times]) => `${count(times)} ${kind}`)
  if (kinds.length > 5)
    shown.push(`${count(kinds.slice(5).reduce((sum, [, times]) => sum + times, 0))} others`)
  if (journalFailed > 0) shown.push(`${count(journalFailed)} from before`)
  const again = output === undefined ? '' : '   (again: the same command with --resume --retry-failed)'
  return [row('failed', shown.join(', ') + again)]
}

const MOST_MACHINES = 10

function machineRows({ machines = [] }: Report): string[] {
  const shown = machines.slice(0, MOST_MACHINES)
  const all = machines.reduce((sum, { items }) => sum + items, 0)
  const wide = Math.max(0, ...shown.map(({ name }) => name.length))
  const rows = shown.map(({ name, items, deaths, isHere }, at) => {
    const parts = [`${name.padEnd(wide)}  ${count(items).padStart(count(shown[0]!.items).length)}`]
    parts.push(`${share(items, all).padStart(5)}`)
    if (deaths > 0) parts.push(`${count(deaths)} ${deaths === 1 ? 'worker' : 'workers'} died`)
    if (!isHere) parts.push('gone')
    return row(at === 0 ? 'machines' : '', parts.join('  '))
  })
  const more = machines.length - shown.length
  return more > 0 ? [...rows, row('', `and ${count(more)} more`)] : rows
}

function alternative({ alternatives, plan }: Report): Candidate | null {
  return alternatives.find(other => other.plan.executor !== plan?.executor) ?? null
}

function row(label: string, text: string): string {
  return `${label.padEnd(8)} ${text}`
}
