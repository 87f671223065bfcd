import { writeFile } from 'node:fs/promises'
import type { Settings } from './options/options.js'
import { failure } from './output/failure.js'
import type { Candidate, Choice } from './plan/choose.js'
import type { LimitChange } from './plan/limit.js'
import type { Measured } from './plan/measure.js'
import type { Plan } from './plan/plan.js'
import type { Histogram } from './record/histogram.js'
import type { WorkerDeath } from './record/recorder.js'
import type { Sample } from './record/samples.js'
import type { Slow } from './record/slowest.js'
import type { Live } from './run/job.js'
import type { MachineShare, PlanChange } from './run/planning.js'

/** What was measured, chosen and done: the summary for programs. */
export interface Report {
  readonly name: string
  readonly items: { readonly ok: number; readonly failed: number; readonly skipped: number }
  /** Failed items by the name of their error. */
  readonly failures: Readonly<Record<string, number>>
  readonly reruns: number
  readonly workerDeaths: number
  readonly ms: number
  readonly itemMs: number
  readonly plan: Plan | null
  readonly reason: string
  readonly measured: Measured | null
  /** Milliseconds within which half of the items ended, 95 % and 99 %, and how many took how long. */
  readonly latency: {
    readonly p50: number
    readonly p95: number
    readonly p99: number
    readonly bars: Histogram['bars']
  }
  /** How it stood from moment to moment, at most 600 times. */
  readonly samples: readonly Sample[]
  readonly slowest: readonly Slow[]
  readonly deaths: readonly WorkerDeath[]
  readonly alternatives: Choice['alternatives']
  readonly verified?: Verification
  /** Of a cluster: which machine did how many, whoever did most first. */
  readonly machines?: readonly MachineShare[]
  /** Of the plan, and of how many at once; `at` in milliseconds since the run began. */
  readonly changes: readonly (LimitChange | PlanChange)[]
}

/** What --verify found. */
export interface Verification {
  readonly items: number
  readonly plans: readonly Verified[]
}

/** A plan that was tried with the same items as the others. */
export interface Verified extends Candidate {
  readonly isChosen: boolean
  /** Null: it was cut off at the bound. */
  readonly measuredMs: number | null
  readonly boundMs: number
}

export function reportOf(name: string, live: Live, ms: number): Report {
  const { tally, planner, recorder, skipped, settings } = live
  const { histogram } = recorder
  const { choice, measured, plan } = planner
  return {
    name,
    items: { ok: tally.ok, failed: tally.failed, skipped },
    failures: Object.fromEntries(tally.kinds),
    reruns: tally.retried,
    workerDeaths: tally.deaths,
    ms,
    itemMs: tally.ok === 0 ? 0 : tally.busyMs / tally.ok,
    plan,
    reason: choice?.reason ?? planner.warning ?? whyWithoutChoice(settings),
    measured,
    latency: {
      p50: histogram.quantile(0.5),
      p95: histogram.quantile(0.95),
      p99: histogram.quantile(0.99),
      bars: histogram.bars,
    },
    samples: recorder.list,
    slowest: recorder.slowest.list,
    deaths: recorder.deaths,
    alternatives: choice?.alternatives ?? [],
    ...(planner.machines && { machines: planner.machines }),
    changes: planner.changes
      .map(change => ({ ...change, at: change.at - planner.began }))
      .sort((a, b) => a.at - b.at),
  }
}

function whyWithoutChoice({ on, concurrency }: Settings): string {
  if (concurrency === undefined) return 'too little to measure: one event loop is the simplest'
  return on === 'auto' ? '--concurrency was asked for' : `--on ${on} and --concurrency were asked for`
}

export async function writeReport(file: string, report: Report): Promise<void> {
  try {
    const text = file.endsWith('.html')
      ? (await import('./page/page.js')).page(report)
      : `${JSON.stringify(report, null, 2)}\n`
    await writeFile(file, text)
  } catch (error) {
    throw failure(file, error)
  }
}
