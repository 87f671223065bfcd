import type { Choice } from '../plan/choose.js'
import type { Limit } from '../plan/limit.js'
import type { Measured } from '../plan/measure.js'
import type { Plan } from '../plan/plan.js'

/** Who decides how a run goes, as whoever tells of it sees it. */
export interface Planning {
  readonly choice: Choice | null
  readonly measured: Measured | null
  /** As it is now; null while the first items are being measured. */
  readonly plan: Plan | null
  /** What is wrong with how it goes, and what to do about it. */
  readonly warning: string | null
  readonly limit: Limit | null
}
