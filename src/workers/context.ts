import type { SharedObjects } from './share/shared.js'

/** The second argument of the user's function. */
export interface Context<Resource = unknown> {
  /** The place of the item among the inputs, from 0. */
  readonly index: number
  /** How often this item has been executed, this time included: 1 at first. */
  readonly attempt: number
  /** Aborted when the item is cancelled or its time is over, with the error as its reason. */
  readonly signal: AbortSignal
  /** What the module's `setup()` gave in this worker. */
  readonly resource: Resource
  /** What the option `shared` gave, by name. */
  readonly shared: SharedObjects
  /** Prints to the command's standard error, formatted like `console.log`. Needs no `this`. */
  readonly log: (...values: unknown[]) => void
  /** Tells how far this item is: anything that can be cloned. Needs no `this`. */
  readonly progress: (value: unknown) => void
}
