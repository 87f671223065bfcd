import type { Fixed } from './workload.js'

/** The automatic plan, as the report has it. */
export interface Plan {
  readonly executor: string
  readonly workers: number
  readonly concurrency: number
  readonly batch: number
}

/** What came out for one workload. */
export interface Result {
  readonly name: string
  readonly job: string
  readonly isKeptOut: boolean
  /** Medians, in milliseconds. */
  readonly automatic: number
  readonly best: number
  /** Median over the rounds of automatic ÷ best. */
  readonly regret: number
  readonly rounds: readonly { readonly automatic: number; readonly best: number }[]
  readonly bestPlan: Fixed
  readonly plan: Plan
  readonly reason: string
}
