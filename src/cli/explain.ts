import { Command } from 'commander'
import { shown } from '../cluster/engine/address.js'
import type { Picture } from '../cluster/internal.js'
import { type Prospect, prospect } from '../cluster/view/prospect.js'
import { run } from '../core/index.js'
import { openInputs } from '../map/input/open.js'
import type { Item, Source } from '../map/input/source.js'
import type { Settings } from '../map/options/options.js'
import { checkReport } from '../map/output/open.js'
import { count, span } from '../map/page/figures.js'
import type { Candidate } from '../map/plan/choose.js'
import { INSTANT_MS } from '../map/plan/classify.js'
import type { Measured } from '../map/plan/measure.js'
import { describePlan } from '../map/plan/plan.js'
import { jobOf, prepareModule } from '../map/prepare.js'
import { type Report, reportOf, type Verification, writeReport } from '../map/report.js'
import { type Live, runJob } from '../map/run/job.js'
import type { Outlet } from '../map/run/outlet.js'
import { cores } from '../workers/cores.js'
import { showBytes } from '../workers/show-bytes.js'
import { costsFirst } from './costs.js'
import { addEngineFlags, type EngineFlags, sealOf } from './engine-flags.js'
import { addFlags, asked, type Flags, placeOf } from './flags.js'
import { Interrupts } from './interrupts.js'
import { verify } from './verify.js'

const EXAMPLES = `
Runs the first few inputs, and says what was measured, which rule fired, and what each plan would take.
Nothing is written, but what the function itself does, it does.

Examples:
  omakase explain check-url.ts urls.txt
  omakase explain -e 'n => fibonacci(n)' --range 1..1000
  omakase explain resize.ts images.txt --on redis://10.0.0.5    what the machines there would gain`

export function explainCommand(): Command {
  return addEngineFlags(
    addFlags(
      new Command('explain').description('Says how a function would be run over these inputs, and why.'),
    ),
  )
    .option(
      '--verify',
      'run the same inputs under each plan, and print the measured times beside the predicted',
    )
    .option('--report <file>', 'the same as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (fn: string | undefined, paths: string[], flags: ExplainFlags) => {
      process.exitCode = await explain(fn, paths, flags)
    })
}

interface ExplainFlags extends Flags, EngineFlags {
  readonly verify?: boolean
}

/** How many inputs are run, at most. */
const LOOKED_AT = 16
/** And with --verify under each plan; a slow source is not waited for longer. */
const VERIFIED = 20_000
const READING_MS = 2000
/** So many bytes are noticed. */
const LARGE = 50_000
/** A plan that is sooner by less is not worth another one. */
const MARGIN = 1.15

async function explain(fn: string | undefined, paths: string[], flags: ExplainFlags): Promise<number> {
  const interrupts = new Interrupts()
  const { what, inputs, settings: given } = asked(fn, paths, flags)
  // The first inputs are run here, wherever the others would be.
  const settings: Partial<Settings> = given.on === 'cluster' ? { ...given, on: 'auto' } : given
  if (settings.report !== undefined) await checkReport(settings.report)
  const source = await openInputs(inputs)
  const cluster = given.on === 'cluster' ? await pictureOf(given.engine!, flags) : null
  if (!('exec' in what)) await costsFirst()
  const prepared =
    'exec' in what
      ? (await import('../map/exec/prepare-command.js')).prepareCommand(what.exec, what.shell)
      : await prepareModule(what.function, 'json', { place: placeOf(settings) })
  const errors: string[] = []
  try {
    const began = performance.now()
    const { items, isAll } = await firstOf(source, flags.verify === true ? VERIFIED : LOOKED_AT)
    const total = isAll ? items.length : source.progress()?.total
    const task = run(
      runJob({
        ...jobOf(prepared, listed(items.slice(0, LOOKED_AT), total), silent(errors), settings),
        watch: begun => interrupts.follow(begun),
      }),
    )
    interrupts.before(task)
    const exit = await task.settled()
    if (interrupts.isStopping || exit.status === 'cancelled') return interrupts.exitCode
    if (exit.status === 'failed') throw exit.error
    const report = reportOf(prepared.name, exit.value, performance.now() - began)
    const { measured, choice } = exit.value.planner
    const gain =
      cluster === null || measured === null || choice === null ? null : prospect(cluster, measured, choice)
    process.stdout.write(explanation(report, exit.value, total, errors, gain, 'exec' in what))
    if (cluster !== null) process.stdout.write(`\n${verdict(gain, report, cluster, shown(given.engine!))}\n`)
    let verified: Verification | undefined
    if (flags.verify === true && measured !== null && choice !== null)
      verified = await verify(prepared, items, { measured, choice }, settings, interrupts, silent([]))
    if (settings.report !== undefined)
      await writeReport(settings.report, {
        ...report,
        ...(gain && { alternatives: withGain(report, gain) }),
        ...(verified && { verified }),
      })
    return interrupts.isStopping ? interrupts.exitCode : 0
  } finally {
    prepared.dispose()
    interrupts.end()
  }
}

function explanation(
  report: Report,
  live: Live,
  total: number | undefined,
  errors: readonly string[],
  gain: Prospect | null,
  isCommand: boolean,
): string {
  const { measured, name } = report
  const { choice } = live.planner
  const lines: string[] = []
  if (measured === null || choice === null) {
    lines.push(`${name}: ${count(report.items.ok + report.items.failed)} items are too few to measure`)
  } else {
    const { busy, cpu, nature } = choice.classified
    lines.push(
      `${name}: it ${VERBS[nature]}`,
      '',
      isCommand
        ? `measured  ${span(measured.wallMs)} a command: the processor ${percent(cpu)} of it`
        : `measured  ${span(measured.wallMs)} an item: the event loop ${percent(busy)} busy, the processor ${percent(Math.min(cpu, cores()))}${sizes(measured)}`,
      `rule      ${choice.reason}`,
      `plan      ${describePlan(choice.plan)}`,
      '',
      ...(total !== undefined && total <= report.items.ok + report.items.failed
        ? [`all of them, ${count(total)}, have been run for that: nothing is left to predict`]
        : predictions(report, total, gain)),
    )
  }
  if (errors.length > 0) lines.push('', `${count(errors.length)} of them failed, the first with ${errors[0]}`)
  return `${lines.join('\n')}\n`
}

function predictions(report: Report, total: number | undefined, gain: Prospect | null): string[] {
  return [
    `predicted for ${total === undefined ? 'many' : count(total)} items${cold(report)}`,
    ...withGain(report, gain).map(
      ({ plan, predictedMs }) => `  ${span(predictedMs).padStart(12)}  ${describePlan(plan)}`,
    ),
  ]
}

function cold({ measured, items }: Report): string {
  if (measured === null || measured.wallMs >= INSTANT_MS) return ''
  return `, if they all are as slow as the first ${count(items.ok + items.failed)}, which were not compiled yet`
}

/** Where they are what counts. */
function sizes({ bytes = 0 }: Measured): string {
  return bytes < LARGE ? '' : `,\n          ${showBytes(bytes)} there and back`
}

function withGain({ alternatives }: Report, gain: Prospect | null): readonly Candidate[] {
  return gain === null ? alternatives : [...alternatives, gain].sort((a, b) => a.predictedMs - b.predictedMs)
}

/** What there is, and whether to go there. */
function verdict(gain: Prospect | null, { alternatives }: Report, cluster: Picture, url: string): string {
  const row = (label: string, text: string) => `${label.padEnd(9)} ${text}`
  const { machines } = cluster
  const here = machines.filter(({ silentMs }) => silentMs === null)
  if (here.length === 0) return row('cluster', `no machine at ${url}: on each, omakase worker ${url}`)
  const cores = here.reduce((sum, machine) => sum + machine.cores, 0)
  const lines = [
    row(
      'cluster',
      `${many(here.length, 'machine')} with ${many(cores, 'core')} at ${url}; none of this ran there`,
    ),
  ]
  if (gain === null) return [...lines, row('gain', 'too little was measured to say')].join('\n')
  if (gain.here > 0)
    lines.push(
      row('', `${gain.here === here.length ? 'all' : gain.here} of them on this host: its cores count once`),
    )
  const best = alternatives[0]!
  const times = best.predictedMs / gain.predictedMs
  lines.push(
    times > MARGIN
      ? row('gain', `about ${times.toFixed(1)} times as fast as ${describePlan(best.plan)}`)
      : row(
          'gain',
          `none: ${describePlan(best.plan)} would be ${times < 1 / MARGIN ? 'sooner' : 'about as soon'}`,
        ),
  )
  return lines.join('\n')
}

function many(n: number, word: string): string {
  return `${count(n)} ${word}${n === 1 ? '' : 's'}`
}

/** Who is there. Nothing is given to anybody. */
async function pictureOf(url: string, flags: ExplainFlags): Promise<Picture> {
  const { connect, Lookout } = await import('../cluster/internal.js')
  const engine = await connect(url, sealOf(flags))
  try {
    return await new Lookout(engine).look()
  } finally {
    engine.close()
  }
}

const VERBS = {
  computes: 'computes',
  blocks: 'blocks its event loop without computing',
  pool: 'leaves its work to the threads behind the event loop',
  waits: 'waits',
  mixed: 'waits, and keeps its event loop busy',
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`
}

function silent(errors: string[]): Outlet {
  return {
    ok() {},
    failed(_item: Item, error: unknown) {
      const { name, message } = error as { name?: string; message?: string }
      errors.push(`${name}: ${message}`)
    },
    isFull: false,
    onRoom() {},
  }
}

/** The first items; `isAll`: there are no more. */
async function firstOf(
  source: Source,
  most: number,
): Promise<{ readonly items: readonly Item[]; readonly isAll: boolean }> {
  const chunks = source[Symbol.asyncIterator]()
  const items: Item[] = []
  const late = new Promise<null>(resolve => setTimeout(resolve, READING_MS, null).unref())
  try {
    while (items.length < most) {
      const next = await (items.length < LOOKED_AT ? chunks.next() : Promise.race([chunks.next(), late]))
      if (next === null) break
      if (next.done) return { items, isAll: true }
      items.push(...next.value)
    }
    return { items: items.slice(0, most), isAll: false }
  } finally {
    await chunks.return?.()
  }
}

/** The first of so many. */
function listed(items: readonly Item[], total: number | undefined): Source {
  return {
    progress: () => (total === undefined ? undefined : { done: 0, total, exact: false }),
    async *[Symbol.asyncIterator]() {
      yield items
    },
  }
}
