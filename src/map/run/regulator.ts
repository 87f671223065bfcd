import type { Overload, Usage } from '../../workers/internal.js'
import type { Attempt } from './attempt.js'
import type { Lane } from './lane.js'

/** Decides how much each worker is given. The probe is one, the plan that it leads to another. */
export interface Regulator {
  /** How many calls this worker should be given now; 0 for none. */
  room(lane: Lane): number
  started(attempts: readonly Attempt[], now: number): void
  finished(attempt: Attempt, end: End, now: number, lane: Lane): void
  /** The worker's process is gone, and with it what it was doing. */
  lost(attempts: readonly Attempt[], now: number): void
}

export interface End {
  readonly ms: number
  readonly ok: boolean
  readonly overload: Overload | undefined
  readonly usage: Usage
  /** What came out of it, where it is ok. */
  readonly value: unknown
}
