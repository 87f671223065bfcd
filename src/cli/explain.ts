import { Command } from 'commander'
import { run } from '../core/index.js'
import { prepareCommand } from '../map/exec/prepare-command.js'
import { openInputs } from '../map/input/open.js'
import type { Item, Source } from '../map/input/source.js'
import { checkReport } from '../map/output/open.js'
import { count, span } from '../map/page/figures.js'
import { describePlan } from '../map/plan/plan.js'
import { jobOf, prepareModule } from '../map/prepare.js'
import { type Report, reportOf, type Verification, writeReport } from '../map/report.js'
import { type Live, runJob } from '../map/run/job.js'
import type { Outlet } from '../map/run/outlet.js'
import { addFlags, asked, type Flags, placeOf } from './flags.js'
import { Interrupts } from './interrupts.js'
import { verify } from './verify.js'

const EXAMPLES = `
Runs the first few inputs, and says what was measured, which rule fired, and what each plan would take.
Nothing is written, but what the function itself does, it does.

Examples:
  omakase explain check-url.ts urls.txt
  omakase explain -e 'n => fibonacci(n)' --range 1..1000`

export function explainCommand(): Command {
  return addFlags(
    new Command('explain').description('Says how a function would be run over these inputs, and why.'),
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

interface ExplainFlags extends Flags {
  readonly verify?: boolean
}

/** How many inputs are run, at most. */
const LOOKED_AT = 16
/** And with --verify under each plan; a slow source is not waited for longer. */
const VERIFIED = 20_000
const READING_MS = 2000

async function explain(fn: string | undefined, paths: string[], flags: ExplainFlags): Promise<number> {
  const interrupts = new Interrupts()
  const { what, inputs, settings } = asked(fn, paths, flags)
  if (settings.report !== undefined) await checkReport(settings.report)
  const source = await openInputs(inputs)
  const prepared =
    'exec' in what
      ? prepareCommand(what.exec, what.shell)
      : await prepareModule(what.function, 'json', placeOf(settings))
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
    process.stdout.write(explanation(report, exit.value, total, errors))
    const { measured, choice } = exit.value.planner
    let verified: Verification | undefined
    if (flags.verify === true && measured !== null && choice !== null)
      verified = await verify(prepared, items, { measured, choice }, settings, interrupts, silent([]))
    if (settings.report !== undefined)
      await writeReport(settings.report, { ...report, ...(verified && { verified }) })
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
): string {
  const { measured, alternatives, name } = report
  const { choice } = live.planner
  const lines: string[] = []
  if (measured === null || choice === null) {
    lines.push(`${name}: ${count(report.items.ok + report.items.failed)} items are too few to measure`)
  } else {
    const { busy, cpu, nature } = choice.classified
    lines.push(
      `${name}: it ${VERBS[nature]}`,
      '',
      `measured  ${span(measured.wallMs)} an item: the event loop ${percent(busy)} busy, the processor ${percent(cpu)}`,
      `rule      ${choice.reason}`,
      `plan      ${describePlan(choice.plan)}`,
      '',
      `predicted for ${total === undefined ? 'many' : count(total)} items`,
      ...alternatives.map(
        ({ plan, predictedMs }) => `  ${span(predictedMs).padStart(12)}  ${describePlan(plan)}`,
      ),
    )
  }
  if (errors.length > 0) lines.push('', `${count(errors.length)} of them failed, the first with ${errors[0]}`)
  return `${lines.join('\n')}\n`
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
