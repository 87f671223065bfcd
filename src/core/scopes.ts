import { checkDuration } from './errors.js'
import { machine } from './machine.js'
import { ScopeImpl } from './scope.js'
import { currentScope } from './task.js'
import type { Body, BodyWith, Co, Exit, Scope, ScopeOptions } from './types.js'

/**
 * Runs a body in a scope of its own; gives its value when the body, all children and all deferred functions have
 * ended. A child that fails cancels the body and the other children, and the scope throws its error.
 *
 * @example
 * const both = yield* scope(function* () {
 *   const a = spawn(() => 1)
 *   const b = spawn(() => 2)
 *   return [yield* a, yield* b]
 * })
 * both // [1, 2]
 * @throws TimeoutError past its `timeout`, GraceError past its `grace`, CancelledError after `scope.cancel()`; ScopeError for two
 *   errors or more; UsageError for a duration that is negative or NaN.
 * @see trio's nurseries
 */
export function scope<T>(
  body: BodyWith<[scope: Scope, signal: AbortSignal], T>,
  options: ScopeOptions = {},
): Co<T> {
  if (options.timeout !== undefined) checkDuration('scope: timeout', options.timeout)
  if (options.grace !== undefined) checkDuration('scope: grace', options.grace)
  return new ScopeImpl<T>('scope', body, options)
}

/**
 * Runs a body; after `ms` milliseconds it is cancelled and, when its cleanup has finished, `TimeoutError` thrown.
 * What it finishes in the same turn counts.
 *
 * @example
 * try {
 *   yield* timeout(10, () => sleep(1000))
 * } catch (error) {
 *   error instanceof TimeoutError // true
 * }
 * @throws TimeoutError where the time has run out, ScopeError where the cleanup has failed as well; UsageError where `ms` is
 *   negative or NaN.
 * @see trio's `fail_after`
 */
export function timeout<T>(ms: number, body: Body<T>): Co<T> {
  return new ScopeImpl<T>('timeout', body, { timeout: checkDuration('timeout', ms) })
}

/**
 * As `timeout`, but gives `undefined` where the time has run out.
 *
 * @example
 * const answer = yield* moveOnAfter(10, function* () {
 *   yield* sleep(1000)
 *   return 'late'
 * })
 * answer // undefined
 * @throws an error of the cleanup; UsageError where `ms` is negative or NaN.
 * @see trio's `move_on_after`
 */
export function moveOnAfter<T>(ms: number, body: Body<T>): Co<T | undefined> {
  return new ScopeImpl<T | undefined>('moveOnAfter', body, { timeout: checkDuration('moveOnAfter', ms) })
}

/**
 * Runs a body that no cancellation from outside reaches; what arrives meanwhile is delivered when it has ended.
 *
 * @example
 * const log: string[] = []
 * yield* moveOnAfter(10, function* () {
 *   yield* shield(function* () {
 *     yield* sleep(20)
 *     log.push('saved')
 *   })
 *   yield* sleep(0)
 *   log.push('not reached')
 * })
 * log // ['saved']
 * @see trio's `CancelScope(shield=True)`
 */
export function shield<T>(body: Body<T>): Co<T> {
  return new ScopeImpl<T>('shield', body)
}

/**
 * When the running code will be cancelled, in milliseconds of `now()`; `Infinity` where nothing is set.
 *
 * @example
 * yield* timeout(1000, () => deadline() - now() <= 1000) // true
 * deadline() // Infinity
 * @see trio's `CancelScope.deadline`
 */
export function deadline(): number {
  let earliest = Infinity
  for (
    let each = machine.task?.scope ?? machine.task?.parent ?? null;
    each !== null;
    each = each.outer ?? each.task.parent
  ) {
    if (each.isShield || each === each.task.mask) break
    earliest = Math.min(earliest, each.deadline)
  }
  return earliest
}

/**
 * A signal that is aborted when the running code is cancelled, for code that takes one.
 *
 * @example
 * const response = yield* wait(fetch('data:,hello', { signal: abortSignal() }))
 * response.status // 200
 * @throws UsageError outside of a task.
 */
export function abortSignal(): AbortSignal {
  const inner = currentScope('abortSignal()', 'call it in a coroutine')
  const task = machine.task!
  // Neither what runs behind a shield nor cleanup is cancelled from outside.
  if (inner === task.mask || task.scope !== inner) return new AbortController().signal
  return inner.signal
}

/**
 * Calls `fn` when the innermost scope (a task is one) has ended, with how it ended: last in, first out, after its
 * children, and never cut short by a cancellation.
 *
 * @example
 * const log: string[] = []
 * yield* scope(function* () {
 *   defer(exit => log.push(`closed: ${exit.status}`))
 *   log.push('open')
 * })
 * log // ['open', 'closed: ok']
 * @throws UsageError outside of a task.
 * @see Go's `defer`, of a whole scope
 */
export function defer(fn: (exit: Exit<unknown>) => unknown): void {
  currentScope('defer()', 'call it in a coroutine').defer(fn)
}
