import type { CarriedLocals } from '../carried.js'

/** A call of a pool as it travels: what the input of an item is to other workers. */
export interface PoolInput {
  readonly fn: string
  readonly args: readonly unknown[]
  /** Milliseconds until the caller's deadline. */
  readonly left?: number
  readonly locals?: CarriedLocals
}
