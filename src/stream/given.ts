import { abortSignal, type Co, scope } from '../core/index.js'
import { type Coroutine, IS_CO, isCoroutineFunction, isThenable, Promised } from '../core/internal.js'
import { usage } from './errors.js'
import { park, type Taker, type WAIT } from './flow.js'

/** What the function of a stage may give: the value, or something to be waited for that gives it. */
export type Given<T> = Coroutine<T> | Co<T> | PromiseLike<T> | T

/** Whether what a function gave has to be waited for: a coroutine, an operation, a promise. */
export function isPending(given: unknown): given is object {
  if (typeof given === 'object')
    return given !== null && (IS_CO in given || isGenerator(given) || isThenable(given))
  return typeof given === 'function' && isThenable(given)
}

export function isGenerator(value: object): boolean {
  return (value as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag] === 'Generator'
}

/** A coroutine gets a scope of its own: what it opens is closed before its item goes on. */
export function pending<T>(given: object, name: string, signal: AbortSignal | null): Co<T> {
  return IS_CO in given || isGenerator(given)
    ? scope<T>(given as Co<T>, { name })
    : new Promised<T>(given as PromiseLike<T>, signal)
}

/** The function of a stage. A signal is made only where it could look at it. */
export class Step<A, B, R> {
  readonly fn: (a: A, b: B, signal: AbortSignal) => Given<R>
  private readonly what: string
  private signal: AbortSignal | null = null
  private isFirst = true

  constructor(what: string, fn: (a: A, b: B, signal: AbortSignal) => Given<R>) {
    this.what = what
    this.fn = fn
  }

  /** Its value, unless that has to be waited for; then the taker gets it. */
  call(a: A, b: B, taker: Taker<R>): R | typeof WAIT {
    const given = this.give(a, b)
    if (typeof given !== 'object' && typeof given !== 'function') return given
    const name = this.fn.name || this.what
    return isPending(given) ? park(pending<R>(given, name, this.signal), taker) : (given as R)
  }

  /** As the function gave it. */
  give(a: A, b: B): Given<R> {
    if (this.isFirst) this.begin()
    const { fn } = this
    return fn(a, b, this.signal!)
  }

  private begin(): void {
    this.isFirst = false
    if (!isCoroutineFunction(this.fn) || this.fn.length > 2) this.signal = abortSignal()
  }
}

export function checkFunction<F>(what: string, fn: F): F {
  if (typeof fn !== 'function') throw usage.notAFunction(what, fn)
  return fn
}

/** Where a body that is stepped in the running task gets its signal from. */
export const HERE = {
  get signal(): AbortSignal {
    return abortSignal()
  },
}
