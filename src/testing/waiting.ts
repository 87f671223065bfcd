import { Operation, type TaskImpl } from '../core/internal.js'

/** A task that has not ended, and what it waits on, in words; null where it is about to go on. */
export interface Waiting {
  readonly task: TaskImpl
  readonly on: string | null
}

export function waitingOf(task: TaskImpl): Waiting {
  return { task, on: task.waiting?.describe() ?? null }
}

/** The task and all within it that have not ended, parents first. */
export function waitingIn(root: TaskImpl): Waiting[] {
  const tasks = [root]
  for (const task of tasks) {
    for (let scope = task.scope; scope !== null; scope = scope.outer) tasks.push(...(scope.children ?? []))
  }
  return tasks.map(waitingOf)
}

/** What ends neither by a task nor from outside; that time passes is seen by the clock. */
const NEVER = new Set([
  'forever',
  'sleep',
  'a place to become free',
  'somebody to ask for an item',
  'all other tasks to be blocked',
])

/** Whether something outside of the runtime ends the wait: it may come at any time. */
export function isOutside({ task: { waiting } }: Waiting): boolean {
  return waiting instanceof Operation && mayCome(waiting)
}

function mayCome(operation: Operation): boolean {
  const { operations } = operation as { operations?: readonly unknown[] }
  if (operations === undefined) return operation.heldBy() === null && !NEVER.has(operation.describe())
  // One of several is enough.
  return operations.some(each => each instanceof Operation && each.pending && mayCome(each))
}
