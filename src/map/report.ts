import { writeFile } from 'node:fs/promises'
import type { Settings } from './options/options.js'
import { failure } from './output/failure.js'
import type { Candidate, Choice } from './plan/choose.js'
import type { LimitChange } from './plan/limit.js'
import type { Measured } from './plan/measure.js'
import type { Plan } from './plan/plan.js'
import type { Live } from './run/job.js'
import type { PlanChange } from './run/planner.js'

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
  readonly alternatives: Choice['alternatives']
  readonly verified?: Verification
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
  const { tally, planner, skipped, settings } = live
  const { choice, measured, plan, limit } = planner
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
    alternatives: choice?.alternatives ?? [],
    changes: [...planner.changes, ...(limit?.changes ?? [])]
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
    await writeFile(file, `${JSON.stringify(report, null, 2)}\n`)
  } catch (error) {
    throw failure(file, error)
  }
}
