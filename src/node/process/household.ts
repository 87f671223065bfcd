import { type Local, local } from '../../core/index.js'

/** What a supervisor and the subprocesses of one child of it know of each other. */
export interface Household {
  /** How long stopping may take, in milliseconds. */
  readonly shutdown: number
  /** The processes that run. */
  readonly pids: Set<number>
}

export const household: Local<Household | null> = local<Household | null>('household', null)
