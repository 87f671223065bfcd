import { CancelledError } from './errors.js'
import { machine, UNWIND } from './machine.js'
import { enqueue } from './scheduler.js'
import { CLOSED, type ScopeImpl } from './scope.js'
import { ownScope, type TaskImpl } from './task.js'
import { type Cancellation, reaching } from './unwind.js'

/** Cancels a scope, all tasks in it and the scopes within, and wakes whoever waits interruptibly. Never throws. */
export function cancelScope(scope: ScopeImpl, cancellation: Cancellation): void {
  if (scope.cancellation !== null || scope.stage === CLOSED) return
  scope.cancellation = cancellation
  machine.hooks?.scopeCancelled(scope)
  cancelAll([scope], cancellation)
}

/** Cancels the children of a scope without cancelling the scope: its daemons, when all others have ended. */
export function cancelChildren(scope: ScopeImpl, cancellation: Cancellation): void {
  const reached: ScopeImpl[] = []
  scope.startGrace()
  markChildren(scope, cancellation, reached)
  cancelAll(reached, cancellation)
}

function cancelAll(reached: ScopeImpl[], cancellation: Cancellation): void {
  // A list that grows while it is walked, not recursion: trees may be deep.
  for (let i = 0; i < reached.length; i++) {
    const scope = reached[i]!
    cancelRegion(scope, cancellation, reached)
    const inner = unshieldedWithin(scope)
    if (inner !== null) for (const nested of inner) cancelRegion(nested, cancellation, reached)
    interrupt(scope.task)
  }
}

function cancelRegion(scope: ScopeImpl, cancellation: Cancellation, reached: ScopeImpl[]): void {
  scope.startGrace()
  if (scope.children !== null) markChildren(scope, cancellation, reached)
  scope.abort?.abort(new CancelledError(cancellation.reason, cancellation.source ?? undefined, scope.task))
}

function markChildren(scope: ScopeImpl, cancellation: Cancellation, reached: ScopeImpl[]): void {
  for (const child of scope.children ?? []) {
    const own = ownScope(child)
    if (own.cancellation !== null) continue
    own.cancellation = cancellation
    if (machine.hooks !== null) machine.hooks.scopeCancelled(own)
    reached.push(own)
  }
}

/** The scopes that the owner has entered inside this one, less those behind a shield or the mask of a cleanup. */
function unshieldedWithin(scope: ScopeImpl): ScopeImpl[] | null {
  const { task } = scope
  if (task.scope === scope) return null
  let found: ScopeImpl[] | null = null
  for (let inner = task.scope; inner !== null; inner = inner.outer) {
    if (inner.isShield || inner === task.mask) found = null
    if (inner === scope) return found
    if (inner.isShield) continue
    found ??= []
    found.push(inner)
  }
  return null
}

/** Wakes the task to unwind, if it waits for something that can be taken back. */
function interrupt(task: TaskImpl): void {
  task.interrupted = true
  const { waiting } = task
  if (waiting === null) return
  const target = reaching(task)
  if (target === null) return
  let withdrawn = true
  try {
    withdrawn = waiting.retract()
  } catch (error) {
    target.record(error)
  }
  if (!withdrawn || task.waiting !== waiting) return
  task.waiting = null
  task.mode = UNWIND
  enqueue(task)
}

export function cancelledError(cancellation: Cancellation, task: TaskImpl): CancelledError {
  return new CancelledError(cancellation.reason, cancellation.source ?? undefined, task)
}

export function requested(kind: Cancellation['kind'], reason: unknown): Cancellation {
  return { kind, reason, source: machine.task }
}

/** The error of the cancellation that reaches the task now. */
export function cancellationOf(task: TaskImpl): CancelledError | undefined {
  const target = reaching(task)
  return target === null ? undefined : cancelledError(target.cancellation!, task)
}
