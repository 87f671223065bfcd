import { run } from '../core/index.js'
import type { Item, Source } from '../map/input/source.js'
import type { Settings } from '../map/options/options.js'
import { count, span } from '../map/page/figures.js'
import { alternatives } from '../map/plan/alternatives.js'
import type { Candidate, Choice } from '../map/plan/choose.js'
import { commandPlans } from '../map/plan/commands.js'
import { USUAL } from '../map/plan/costs.js'
import { keptCosts } from '../map/plan/kept-costs.js'
import type { Measured } from '../map/plan/measure.js'
import { describePlan, type Plan } from '../map/plan/plan.js'
import { jobOf, type Prepared } from '../map/prepare.js'
import type { Verification, Verified } from '../map/report.js'
import { runJob } from '../map/run/job.js'
import type { Outlet } from '../map/run/outlet.js'
import type { Interrupts } from './interrupts.js'

/** So long the chosen plan should take; the number of items follows from it. */
const AIM_MS = 2000
/** No plan is given more than that, nor so many times what the fastest took. */
const MOST_MS = 15_000
const PATIENCE = 4
const LEAST_ITEMS = 16
/** Another plan that was faster by more makes the choice a wrong one. */
const MARGIN = 1.15
/** One that was faster by that much need not be tried twice. */
const PLAIN = 2.5

/** How each alternative does on the same items, beside what was predicted for it. */
export async function verify(
  prepared: Prepared,
  items: readonly Item[],
  { measured, choice }: { readonly measured: Measured; readonly choice: Choice },
  settings: Partial<Settings>,
  interrupts: Interrupts,
  outlet: Outlet,
): Promise<Verification> {
  const each = choice.predictedMs / Math.max(1, choice.items)
  const some = items.slice(0, Math.max(LEAST_ITEMS, Math.round(AIM_MS / each)))
  const plans = prepared.kind === 'command' ? commandPlans : alternatives
  // Each of them starts its first worker, which had been there when the others were predicted.
  const firstMs = prepared.kind === 'command' ? 0 : (keptCosts() ?? USUAL).startMs + (measured.loadMs ?? 0)
  const candidates = plans(measured, choice.plan, some.length).map(({ plan, predictedMs }) => ({
    plan,
    predictedMs: predictedMs + firstMs,
  }))
  write(
    `\n--verify runs the function ${count(some.length * candidates.length)} more times: ${count(some.length)} inputs under ${candidates.length} plans,\nat most ${span(MOST_MS)} each, and two of them once more where they come out close; what it does, it does each time\n\n`,
  )
  write(`${'predicted'.padStart(12)}${'measured'.padStart(12)}\n`)
  const verified: Verified[] = []
  let best = MOST_MS
  for (const candidate of candidates) {
    const bound = Math.min(MOST_MS, Math.max(1000, best * PATIENCE))
    const isChosen = candidate.plan === choice.plan
    const ms = await time(prepared, some, candidate, isChosen, bound, settings, interrupts, outlet)
    if (interrupts.isStopping) break
    if (ms !== null) best = Math.min(best, ms)
    const tried = { ...candidate, isChosen, measuredMs: ms, boundMs: bound }
    verified.push(tried)
    write(row(tried))
  }
  // Two runs of the same differ, more so where others use the machine: what is slower is so twice.
  for (const doubtful of interrupts.isStopping ? [] : doubtfulOf(verified)) {
    const { isChosen, boundMs } = doubtful
    const ms = await time(prepared, some, doubtful, isChosen, boundMs, settings, interrupts, outlet)
    if (interrupts.isStopping) break
    const again = { ...doubtful, measuredMs: Math.min(ms ?? boundMs, doubtful.measuredMs!) }
    verified[verified.indexOf(doubtful)] = again
    write(row({ ...doubtful, measuredMs: ms }, 'again'))
  }
  const verification = { items: some.length, plans: verified }
  write(`\n${verdict(verification)}\n`)
  return verification
}

async function time(
  prepared: Prepared,
  items: readonly Item[],
  { plan }: Candidate,
  isChosen: boolean,
  bound: number,
  settings: Partial<Settings>,
  interrupts: Interrupts,
  outlet: Outlet,
): Promise<number | null> {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(TOO_LONG), bound)
  const began = performance.now()
  const task = run(
    runJob({
      // The chosen one is found again from nothing: that is what it costs.
      ...jobOf(prepared, listed(items), outlet, {
        ...settings,
        ...(!isChosen && fixed(plan)),
        signal: late.signal,
      }),
      watch: live => interrupts.follow(live),
    }),
  )
  interrupts.before(task)
  const exit = await task.settled()
  const ms = performance.now() - began
  clearTimeout(timer)
  // A worker that was just being started may have heard the Ctrl-C itself.
  if (exit.status === 'failed' && exit.error !== TOO_LONG && !interrupts.isStopping) throw exit.error
  return exit.status === 'ok' ? ms : null
}

const TOO_LONG = new Error('it took too long')

function fixed({ executor, workers, concurrency }: Plan): Partial<Settings> {
  return { on: executor, workers, concurrency: workers * concurrency }
}

/** The chosen plan and the fastest, where that seems to be another and it is not plain. */
function doubtfulOf(plans: readonly Verified[]): Verified[] {
  const chosen = plans.find(({ isChosen }) => isChosen)
  const done = plans.filter(({ measuredMs }) => measuredMs !== null)
  if (chosen === undefined || chosen.measuredMs === null) return []
  const best = done.reduce((a, b) => (b.measuredMs! < a.measuredMs! ? b : a))
  const times = chosen.measuredMs / best.measuredMs!
  return times > MARGIN && times < PLAIN ? [chosen, best] : []
}

function row({ plan, predictedMs, measuredMs, boundMs, isChosen }: Verified, note = ''): string {
  const measured = measuredMs === null ? `over ${span(boundMs)}` : span(measuredMs)
  return `${span(predictedMs).padStart(12)}${measured.padStart(12)}   ${describePlan(plan)}${isChosen ? '   ← chosen' : ''}${note && `   ${note}`}\n`
}

function verdict({ plans }: Verification): string {
  const chosen = plans.find(({ isChosen }) => isChosen)
  const done = plans.filter(({ measuredMs }) => measuredMs !== null)
  if (chosen === undefined || done.length === 0) return 'it was stopped: no verdict'
  const best = done.reduce((a, b) => (b.measuredMs! < a.measuredMs! ? b : a))
  if (best === chosen) return 'the choice was right: no other was faster'
  const mine = chosen.measuredMs ?? chosen.boundMs
  if (mine <= best.measuredMs! * MARGIN)
    return `the choice was right: the fastest of the others was faster by ${percent(mine / best.measuredMs! - 1)}, which is within what two runs differ by`
  const { executor, workers, concurrency } = best.plan
  const flags = `--on ${executor}${executor === 'loop' ? '' : ` --workers ${workers}`} --concurrency ${workers * concurrency}`
  return `the choice was wrong: ${describePlan(best.plan)} took ${span(best.measuredMs!)} where the chosen took ${span(mine)}\nuntil it chooses better: ${flags}`
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`
}

function listed(items: readonly Item[]): Source {
  return {
    progress: () => ({ done: 0, total: items.length, exact: true }),
    async *[Symbol.asyncIterator]() {
      yield items
    },
  }
}

function write(text: string): void {
  process.stdout.write(text)
}
