import { RETURN } from './machine.js'
import type { ScopeImpl } from './scope.js'
import type { TaskImpl } from './task.js'

/** Why a scope was cancelled. One record is shared by every task that it reaches. */
export interface Cancellation {
  readonly kind: 'cancel' | 'deadline' | 'failure' | 'end'
  readonly reason: unknown
  readonly source: TaskImpl | null
}

/** An unwinding that is under way: from the frame that waited out to the body of `target`. */
export interface Unwind {
  readonly target: ScopeImpl
  /** What was masked before. */
  readonly mask: ScopeImpl | null
  /** The unwinding in whose cleanup this one began. */
  readonly outer: Unwind | null
}

/**
 * The outermost cancelled scope that reaches the code which the task runs now; null where there is none, or where
 * a shield or the mask of a cleanup keeps it off.
 */
export function reaching(task: TaskImpl): ScopeImpl | null {
  let found: ScopeImpl | null = null
  for (let scope = task.scope; scope !== null && scope !== task.mask; scope = scope.outer) {
    if (scope.cancellation !== null) found = scope
    if (scope.isShield) break
  }
  return found
}

/** The cancellation under which a task that is spawned into `scope` now would be born. */
export function inherited(scope: ScopeImpl): Cancellation | null {
  const { mask } = scope.task
  for (let outer: ScopeImpl | null = scope; outer !== null; outer = outer.outer) {
    if (outer.cancellation !== null) return outer.cancellation
    if (outer.isShield || outer.outer === mask) return null
  }
  return null
}

/** From here on the task's frames are asked to return, innermost first, out to the body of `target`. */
export function beginUnwind(task: TaskImpl, target: ScopeImpl): void {
  delivered(target)
  task.unwind = { target, mask: task.mask, outer: task.unwind }
  task.mask = task.scope
  task.mode = RETURN
}

/** A cancellation counts only where something was cut short by it: marks the scopes from the target out. */
function delivered(target: ScopeImpl): void {
  const { cancellation } = target
  for (let scope: ScopeImpl | null = target; scope !== null; scope = scope.outer ?? scope.task.parent) {
    if (scope.cancellation !== cancellation) continue
    if (scope.delivered) return
    scope.delivered = true
  }
}

export function interruptedStill(scope: ScopeImpl | null): boolean {
  for (; scope !== null; scope = scope.outer) if (scope.cancellation !== null) return true
  return false
}
