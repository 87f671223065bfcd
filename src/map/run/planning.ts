import type { Scope } from '../../core/index.js'
import type { Loaded, Spare } from '../../workers/internal.js'
import type { Source } from '../input/source.js'
import type { Settings } from '../options/options.js'
import type { Choice } from '../plan/choose.js'
import type { LimitChange } from '../plan/limit.js'
import type { Measured } from '../plan/measure.js'
import type { Plan } from '../plan/plan.js'
import type { Dispatch } from './dispatch.js'
import type { Intake } from './intake.js'
import type { Tally } from './tally.js'
import type { Team } from './team.js'

/** The plan has become another while it ran. */
export interface PlanChange {
  /** By `performance.now()`. */
  readonly at: number
  readonly plan: Plan
  readonly why: string
}

/** What one machine of a cluster has done for a run. */
export interface MachineShare {
  readonly name: string
  readonly items: number
  /** Of its workers. */
  readonly deaths: number
  /** It was heard of within the last few seconds. */
  readonly isHere: boolean
}

/** Who decides how a run goes, as whoever tells of it sees it. */
export interface Planning {
  readonly choice: Choice | null
  readonly measured: Measured | null
  /** As it is now; null while the first items are being measured. */
  readonly plan: Plan | null
  /** What is wrong with how it goes, and what to do about it. */
  readonly warning: string | null
  /** When it began, by `performance.now()`. */
  readonly began: number
  /** Of the plan, and of how many items run at once; in no order. */
  readonly changes: readonly (PlanChange | LimitChange)[]
  /** Of a cluster, whoever did most first. */
  readonly machines?: readonly MachineShare[]
  /** Somebody else's items were told that it is too much: these here are of about the same. */
  overloaded?(itemMs: number): void
}

/** What whoever decides has of the run. */
export interface PlannerParts {
  readonly scope: Scope
  readonly settings: Settings
  readonly dispatch: Dispatch
  readonly team: Team
  readonly tally: Tally
  readonly source: Source
  readonly intake: Intake
  readonly loaded: Loaded
  readonly isLocal: boolean
  readonly spare: Spare | undefined
}
