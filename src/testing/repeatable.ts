import type { Co } from '../core/index.js'
import type { Coroutine } from '../core/internal.js'
import { usage } from './errors.js'

/** A body that can be run again: a function. */
export type Repeatable<T> = (signal: AbortSignal) => Coroutine<T> | Co<T> | PromiseLike<T> | T

export function repeatable<T>(what: string, body: Repeatable<T>): Repeatable<T> {
  if (typeof body !== 'function') throw usage.notAgain(what)
  return body
}
