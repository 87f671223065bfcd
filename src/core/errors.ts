import type { Task } from './task.js'
import * as usage from './usage.js'

export { usage }

/** Every error of the runtime; what a misuse is told stands in `usage`: what was done, where, and what to write instead. */

/** A task or scope was cancelled. Thrown at whoever joins it; never inside what is being cancelled. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError'
  /** What was given to `cancel(reason)`; the error, where a failure was the cause. */
  readonly reason: unknown
  /** The task that asked for the cancellation; `undefined` outside of any, and for deadlines and signals. */
  readonly source: Task<unknown> | undefined
  /** The task that was cancelled. */
  readonly task: Task<unknown> | undefined

  constructor(reason: unknown, source?: Task<unknown>, task?: Task<unknown>) {
    super(`${task ? `task "${task.name}" was` : 'was'} cancelled${because(reason)}`)
    this.reason = reason
    this.source = source
    this.task = task
    // Whoever prints the error wants to read it, and not the runtime's inside.
    for (const key of ['source', 'task']) Object.defineProperty(this, key, { enumerable: false })
    if (isError(reason)) this.cause = reason
  }
}

/** A `timeout` or a scope's deadline passed, and something was cut short by it. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError'

  constructor(message = 'timed out') {
    super(message)
  }
}

/** Two or more errors that arrived together; `errors` holds all of them, `cause` is the first. */
export class ScopeError extends AggregateError {
  override readonly name = 'ScopeError'

  constructor(errors: Iterable<unknown>, message?: string) {
    const all = [...errors]
    super(all, message ?? `${all.length} errors: ${list(all, '; ', headline)}`, { cause: all[0] })
  }
}

/** Cleanup ran longer than the `grace` of its scope, and was abandoned. */
export class GraceError extends Error {
  override readonly name = 'GraceError'
  /** The tasks that were abandoned. */
  readonly tasks: readonly Task<unknown>[]

  constructor(grace: number, abandoned: readonly { task: Task<unknown>; waits: string }[]) {
    const who = abandoned.map(({ task, waits }) => `"${task.name}" (waits on ${waits})`).join(', ')
    super(`cleanup did not end within its grace of ${grace} ms; abandoned: ${who || 'no task'}`)
    this.tasks = abandoned.map(({ task }) => task)
    Object.defineProperty(this, 'tasks', { enumerable: false })
  }
}

/** The end of a channel that was used has been closed by this side. */
export class ClosedError extends Error {
  override readonly name: string = 'ClosedError'
}

/** Every sender is closed and what was buffered has been received. */
export class EndError extends ClosedError {
  override readonly name = 'EndError'
}

/** The other side is gone for good: no receiver is left, or the holder ended without releasing. */
export class BrokenError extends Error {
  override readonly name = 'BrokenError'
}

/** What is waited for can never come. */
export class DeadlockError extends Error {
  override readonly name = 'DeadlockError'
}

/** omakase was used in a way that cannot work; the message says what to write instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

const OURS = [
  CancelledError,
  TimeoutError,
  ScopeError,
  GraceError,
  ClosedError,
  BrokenError,
  DeadlockError,
  UsageError,
]

export function isOurs(error: Error): boolean {
  return OURS.some(type => error instanceof type)
}

/** One error as itself, several as one `ScopeError`. */
export function combine(errors: readonly unknown[]): unknown {
  return errors.length === 1 ? errors[0] : new ScopeError(errors)
}

function because(reason: unknown): string {
  return reason === undefined ? '' : `: ${headline(reason)}`
}

/** Also of what throws where it is looked at, such as a proxy that was revoked. */
export function isError(value: unknown): value is Error {
  try {
    return value instanceof Error
  } catch {
    return false
  }
}

function headline(error: unknown): string {
  if (isError(error)) return error.message.split('\n', 1)[0] || error.name
  try {
    return String(error)
  } catch {
    return typeof error
  }
}

/** ms as given, or a `UsageError` that names what it was for. */
export function checkDuration(what: string, ms: number): number {
  if (typeof ms !== 'number' || !(ms >= 0)) throw usage.badDuration(what, ms)
  return ms
}

export function checkCount(what: string, count: number): number {
  if (count !== Infinity && !(Number.isInteger(count) && count >= 1)) throw usage.badCount(what, count)
  return count
}

export function checkFunction(what: string, fn: unknown): void {
  if (typeof fn !== 'function') throw usage.notAFunction(what, fn)
}

export function checkFactor(what: string, factor: number): void {
  if (typeof factor !== 'number' || !(factor >= 1)) throw usage.badFactor(what, factor)
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    typeof (value as { then?: unknown }).then === 'function'
  )
}

export function describe(value: unknown): string {
  if (typeof value === 'string') return `the text ${JSON.stringify(value.slice(0, 40))}`
  if (typeof value === 'function') return `the function ${value.name || '(anonymous)'}`
  if (typeof value === 'object' && value !== null)
    return `an object (${value.constructor?.name ?? 'no prototype'})`
  return String(value)
}

const MOST_LISTED = 3

/** The first few of many. */
export function list<T>(of: readonly T[], separator = ', ', words: (each: T) => string = String): string {
  const more = of.length - MOST_LISTED
  return of.slice(0, MOST_LISTED).map(words).join(separator) + (more > 0 ? ` and ${more} more` : '')
}
