import type { Choice } from '../plan/choose.js'
import type { LimitChange } from '../plan/limit.js'
import type { Measured } from '../plan/measure.js'
import type { Plan } from '../plan/plan.js'

/** The plan has become another while it ran. */
export interface PlanChange {
  /** By `performance.now()`. */
  readonly at: number
  readonly plan: Plan
  readonly why: string
}

/** Who decides how a run goes, as whoever tells of it sees it. */
export interface Planning {
  readonly choice: Choice | null
  readonly measured: Measured | null
  /** As it is now; null while the first items are being measured. */
  readonly plan: Plan | null
  /** What is wrong with how it goes, and what to do about it. */
  readonly warning: string | null
  /** What everything waits for, if it does. */
  readonly waiting?: string | null
  /** When it began, by `performance.now()`. */
  readonly began: number
  /** Of the plan, and of how many items run at once; in no order. */
  readonly changes: readonly (PlanChange | LimitChange)[]
}
