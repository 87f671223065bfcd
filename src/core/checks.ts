import type { CoFrame } from './frame.js'
import type { TaskImpl } from './task.js'
import type { Co } from './types.js'

/** What debug mode is told besides what instruments hear. */
export interface Checks {
  /** Something that has to be waited for was made: a call, an operation, a scope. */
  created(co: Co<unknown>): void
  /** They were given to something that may do without some of them. */
  handed(bodies: readonly unknown[]): void
  /** A cancellation asks the frame that waits for this to return; called from where that frame stands. */
  cut(through: (value?: any) => unknown): void
  /** A frame was asked to return, and ended in another way. */
  swallowed(frame: CoFrame, task: TaskImpl): void
  /** Something has been opened that has to be closed again. */
  opened(what: object, name: string): void
  closed(what: object): void
  /** Where a task was spawned, as a frame of a stack. */
  spawnedAt(task: TaskImpl): string | undefined
}
