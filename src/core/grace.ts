import { GraceError } from './errors.js'
import { NEXT } from './machine.js'
import { Operation, SETTLED } from './operation.js'
import type { ScopeImpl } from './scope.js'
import { ACTIVE, FAILED, type TaskImpl } from './task.js'
import type { Timed } from './timers.js'

/** Runs from the cancellation of a scope; when it is over, what still runs in the scope is abandoned. */
export class GraceTimer implements Timed {
  order = 0
  slot = -1
  readonly isDeadline = true
  private readonly scope: ScopeImpl<any>
  private readonly grace: number

  constructor(scope: ScopeImpl<any>, grace: number) {
    this.scope = scope
    this.grace = grace
    const { timers } = scope.task
    timers.add(this, timers.clock.now() + grace)
  }

  stop(): void {
    this.scope.task.timers.remove(this)
  }

  expire(): void {
    abandon(this.scope, waits => new GraceError(this.grace, waits))
  }
}

/** Gives up for good what runs in the scope, which then ends with this error. */
export function abandon(scope: ScopeImpl<any>, errorOf: (waits: Waits[]) => Error): void {
  const { task } = scope
  if (task.status !== ACTIVE || !isWithin(task.scope, scope)) return
  const tasks = unfinished(scope)
  const waits = tasks.map(each => ({ task: each, waits: describeWait(each) }))
  if (task.waiting !== scope) waits.unshift({ task, waits: describeWait(task) })
  const error = errorOf(waits)
  const waited = task.waiting !== null
  cutBack(task, scope)
  scope.record(error)
  for (const each of tasks.reverse()) abandonTask(each, error, scope)
  if (waited) task.resume(NEXT, undefined)
  else task.mode = NEXT
}

interface Waits {
  readonly task: TaskImpl
  readonly waits: string
}

function describeWait(task: TaskImpl): string {
  return task.waiting?.describe() ?? 'nothing: it was about to go on'
}

/** Every task in the scope that has not ended, parents before children. */
function unfinished(scope: ScopeImpl): TaskImpl[] {
  const tasks: TaskImpl[] = []
  for (let inner = scope.task.scope!; ; inner = inner.outer!) {
    for (const child of inner.children ?? []) tasks.push(child)
    if (inner === scope) break
  }
  for (let i = 0; i < tasks.length; i++) {
    for (let inner = tasks[i]!.scope; inner !== null; inner = inner.outer) {
      for (const child of inner.children ?? []) tasks.push(child)
    }
  }
  return tasks
}

/** Drops the owner's frames above the scope, and stands it at the end of its cleanup. */
function cutBack(task: TaskImpl, scope: ScopeImpl): void {
  giveUpWaiting(task, scope)
  for (let inner = task.scope!; inner !== scope; inner = inner.outer!) inner.forsake()
  while (task.unwind !== null && task.unwind.target !== scope && isWithin(task.unwind.target, scope)) {
    task.mask = task.unwind.mask
    task.unwind = task.unwind.outer
  }
  const isMasked = task.mask !== null && isWithin(task.mask, scope)
  task.scope = scope
  task.top = scope.outer === null ? null : scope
  scope.cutBack(task.unwind !== null && isMasked)
  task.queue.removeWhere(
    each => isWithin(each.within ?? null, scope),
    each => each.tell(),
  )
}

function abandonTask(task: TaskImpl, error: Error, scope: ScopeImpl): void {
  giveUpWaiting(task, scope)
  for (let inner = task.scope; inner !== null; inner = inner.outer) inner.forsake()
  task.top = null
  task.settle(FAILED, error)
}

function giveUpWaiting(task: TaskImpl, scope: ScopeImpl): void {
  // Whatever still comes of it is too late.
  if (task.waiting instanceof Operation) task.waiting.phase = SETTLED
  try {
    task.waiting?.retract()
  } catch (error) {
    scope.record(error)
  }
  task.waiting = null
}

/** Whether `inner` is `scope` or was entered inside it. */
function isWithin(inner: ScopeImpl | null, scope: ScopeImpl): boolean {
  for (let each = inner; each !== null; each = each.outer) if (each === scope) return true
  return false
}
