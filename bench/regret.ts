import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { machine } from './harness/machine.js'
import { quantile } from './harness/quantile.js'
import { isQuick } from './harness/size.js'
import { figure } from './regret/figure.js'
import { keptOut } from './regret/kept-out/workloads.js'
import { bestPlans } from './regret/oracle.js'
import type { Result } from './regret/result.js'
import { geometricMean, heading, line } from './regret/table.js'
import { tuned } from './regret/tuned/workloads.js'
import type { Fixed, Workload } from './regret/workload.js'
import { roundsOf } from './throughput/rounds.js'

// npm run bench -- regret [--rounds N] [--only NAME] [--keep-best] [--quick]: automatic ÷ the best of a sweep of fixed plans.
// --keep-best takes the best plans of the last run, and runs only these beside the automatic one.
// --quick shows that all of it runs: a tenth of the inputs, two plans, one round; what comes out is not kept.
const RESULTS = new URL('../results/regret.json', import.meta.url)
const TOO_LONG = 60_000
const LIMITS = { mean: 1.1, worst: 1.3 }

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', multiple: true },
    'keep-best': { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
  },
})
const rounds = isQuick ? 1 : Number(values.rounds)
const names = [...tuned, ...keptOut].map(({ name }) => name)
const unknown = values.only?.find(name => !names.includes(name))
if (unknown !== undefined) throw new Error(`--only ${unknown}: there is ${names.join(', ')}`)

const before: readonly Result[] = existsSync(RESULTS)
  ? JSON.parse(readFileSync(RESULTS, 'utf8')).workloads
  : []
const perMs = roundsOf(1)
const results: Result[] = []
for (const [title, workloads] of [
  ['Tuned with', tuned],
  ['Kept out', keptOut],
] as const) {
  const chosen = workloads.filter(({ name }) => values.only === undefined || values.only.includes(name))
  if (chosen.length === 0) continue
  console.log(`\n${title}\n${heading}`)
  const own: Result[] = []
  for (const workload of chosen) {
    const result = await regret(workload, workloads === keptOut)
    console.log(line(result))
    own.push(result)
  }
  const worst = Math.max(...own.map(({ regret }) => regret))
  console.log(
    `geometric mean ${geometricMean(own).toFixed(2)} (limit ${LIMITS.mean}), worst ${worst.toFixed(2)} (limit ${LIMITS.worst})`,
  )
  results.push(...own)
}
if (!isQuick) keep()

async function regret(workload: Workload, isKeptOut: boolean): Promise<Result> {
  const known = before.find(({ name }) => name === workload.name)
  const plans = isQuick
    ? workload.plans.slice(0, 2)
    : values['keep-best'] && known !== undefined
      ? [known.bestPlan]
      : await bestPlans(workload, perMs)
  const times = new Map<Fixed, number[]>(plans.map(plan => [plan, []]))
  const automatic: number[] = []
  let last = { plan: {} as Result['plan'], reason: '' }
  for (let round = 0; round < rounds; round++) {
    for (const plan of plans) times.get(plan)!.push((await figure(workload, perMs, TOO_LONG, plan))!.ms)
    const done = await figure(workload, perMs, TOO_LONG)
    if (done === undefined) throw new Error(`${workload.name}: the automatic plan took over a minute`)
    automatic.push(done.ms)
    last = done
  }
  const [bestPlan, bests] = [...times].reduce((a, b) => (quantile(b[1], 0.5) < quantile(a[1], 0.5) ? b : a))
  const ratios = automatic.map((ms, round) => ms / bests[round]!)
  return {
    name: workload.name,
    job: workload.job,
    isKeptOut,
    automatic: quantile(automatic, 0.5),
    best: quantile(bests, 0.5),
    regret: quantile(ratios, 0.5),
    rounds: automatic.map((ms, round) => ({ automatic: ms, best: bests[round]! })),
    bestPlan,
    plan: last.plan,
    reason: last.reason,
  }
}

/** Others keep what they had. */
function keep(): void {
  const all = [...tuned, ...keptOut].flatMap(
    ({ name }) =>
      results.find(result => result.name === name) ?? before.find(result => result.name === name) ?? [],
  )
  mkdirSync(new URL('.', RESULTS), { recursive: true })
  const numbers = (_key: string, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(4)) : value
  const kept = { name: 'regret', date: new Date().toISOString(), machine: machine(), workloads: all }
  writeFileSync(RESULTS, `${JSON.stringify(kept, numbers, 2)}\n`)
}
