import { clock, count, rate, span } from '../../map/page/figures.js'
import { showBytes } from '../../workers/show-bytes.js'
import type { Picture } from './look.js'
import { table } from './table.js'

export interface Frame {
  readonly columns: number
  /** Lines that there is room for. */
  readonly rows: number
  readonly isColoured: boolean
}

type Machine = Picture['machines'][number]
type Run = Picture['runs'][number]

const STAGES = ['', 'stopping', 'cancelled', 'killed']

/** A cluster as text, under its address. */
export function draw(picture: Picture, url: string, frame: Frame): string {
  const { machines, runs } = picture
  const dim = (text: string) => (frame.isColoured ? `\u001b[90m${text}\u001b[39m` : text)
  const red = (text: string) => (frame.isColoured ? `\u001b[31m${text}\u001b[39m` : text)
  // A head and a line that says how many more there are, each; runs are fewer, and come first when there is no room.
  const room = Math.max(2, frame.rows - 8)
  const shownRuns = runs.slice(0, Math.max(1, Math.min(runs.length, room >> 1)))
  const shownMachines = machines.slice(0, Math.max(1, room - shownRuns.length))
  const lines = [headline(picture, url), '']
  const add = (rows: string[], areSilent: boolean[], more: number) => {
    lines.push(dim(rows[0]!))
    rows.slice(1).forEach((row, at) => {
      lines.push(areSilent[at] ? red(row) : row)
    })
    if (more > 0) lines.push(dim(`and ${count(more)} more`))
    lines.push('')
  }
  const isSilent = ({ silentMs }: Machine | Run) => silentMs !== null
  if (machines.length === 0) lines.push(`no machine: on each that is to work, omakase worker ${url}`, '')
  else {
    const rows = table(MACHINE, machineRows(shownMachines, picture), frame.columns)
    add(rows, shownMachines.map(isSilent), machines.length - shownMachines.length)
  }
  if (runs.length === 0) lines.push('no run')
  else {
    const rows = table(RUN, shownRuns.map(runRow), frame.columns)
    add(rows, shownRuns.map(isSilent), runs.length - shownRuns.length)
    lines.pop()
  }
  return lines.join('\n')
}

function headline({ machines, runs, waiting, active, memory }: Picture, url: string): string {
  const here = machines.filter(({ silentMs }) => silentMs === null)
  const cores = here.reduce((sum, machine) => sum + machine.cores, 0)
  const parts = [
    `${many(here.length, 'machine')} with ${many(cores, 'core')}`,
    many(runs.length, 'run'),
    `chunks: ${count(waiting)} waiting, ${count(active)} taken`,
  ]
  if (memory.most > 0 && memory.used > memory.most / 2)
    parts.push(`Redis ${Math.round((100 * memory.used) / memory.most)} % full`)
  return `${url}\n${parts.join('   ')}`
}

const MACHINE = [
  { head: 'MACHINE', isElastic: true },
  { head: 'HOST', isElastic: true },
  { head: 'CORES', isFigure: true },
  { head: 'SLOTS', isFigure: true },
  { head: 'HOLDS', isFigure: true },
  { head: 'RATE', isFigure: true },
  { head: 'DONE', isFigure: true },
  { head: 'MEMORY', isFigure: true },
  { head: '', isElastic: true },
]

function machineRows(machines: readonly Machine[], { runs }: Picture): string[][] {
  const names = new Map(runs.map(({ run, name }) => [run, name]))
  return machines.map(({ name, host, cores, slots, held, perSecond, done, memory, silentMs, ...machine }) => [
    name,
    host,
    count(cores),
    count(slots),
    count(held),
    silentMs === null && perSecond > 0 ? rate(perSecond) : '',
    count(done),
    showBytes(memory),
    silentMs === null
      ? [...new Set(machine.runs.flatMap(run => names.get(run) ?? []))].join(', ')
      : `silent for ${span(silentMs)}`,
  ])
}

const RUN = [
  { head: 'RUN', isElastic: true },
  { head: 'DONE', isFigure: true },
  { head: 'OF', isFigure: true },
  { head: '', isFigure: true },
  { head: 'RATE', isFigure: true },
  { head: 'FAILED', isFigure: true },
  { head: 'FOR', isFigure: true },
  { head: 'FROM', isElastic: true },
  { head: '', isElastic: true },
]

function runRow(run: Run): string[] {
  const { name, done, total, perSecond, failed, ms, host, pid, stage, silentMs } = run
  return [
    name,
    count(done),
    total === undefined ? '' : count(total),
    total === undefined || total === 0 ? '' : `${Math.floor((100 * done) / total)} %`,
    silentMs === null && perSecond > 0 ? rate(perSecond) : '',
    count(failed),
    clock(ms),
    `${host} (${pid})`,
    silentMs === null ? STAGES[stage]! : `silent for ${span(silentMs)}`,
  ]
}

function many(n: number, word: string): string {
  return `${count(n)} ${word}${n === 1 ? '' : 's'}`
}
