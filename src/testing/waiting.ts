import type { TaskImpl } from '../core/internal.js'

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

/** What something outside of the runtime ends: it may come at any time. */
const OUTSIDE = new Set(['a promise', 'an async function', 'a promise that can be aborted', 'suspend'])

export function isOutside({ on }: Waiting): boolean {
  return on !== null && (OUTSIDE.has(on) || on.startsWith('the first of '))
}
