import { abortSignal, type Co, type ScopeOptions, scope } from '../core/index.js'
import {
  CoFrame,
  type Coroutine,
  IS_CO,
  isCoroutineFunction,
  isThenable,
  Promised,
} from '../core/internal.js'
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
export function pending<T>(given: object, options: ScopeOptions, signal: AbortSignal | null): Co<T> {
  return isCoroutine(given)
    ? scope(frameOf<T>(given), options)
    : new Promised(given as PromiseLike<T>, signal)
}

/** The same in a task that has nothing else to do, and so is that scope. */
export function pendingAlone<T>(given: object, signal: AbortSignal | null): Co<T> {
  return isCoroutine(given) ? frameOf<T>(given) : new Promised(given as PromiseLike<T>, signal)
}

function isCoroutine(given: object): boolean {
  return IS_CO in given || isGenerator(given)
}

function frameOf<T>(given: object): Co<T> {
  return IS_CO in given ? (given as object as Co<T>) : new CoFrame(given as Coroutine<T>)
}

/** The function of a stage. A signal is made only where it could look at it. */
export class Step<A, B, R> {
  readonly fn: (a: A, b: B, signal: AbortSignal) => Given<R>
  private readonly options: { readonly name: string }
  private signal: AbortSignal | null = null
  private isFirst = true

  constructor(what: string, fn: (a: A, b: B, signal: AbortSignal) => Given<R>) {
    this.options = { name: fn.name || what }
    this.fn = fn
  }

  get name(): string {
    return this.options.name
  }

  /** Its value, unless that has to be waited for; then the taker gets it. */
  call(a: A, b: B, taker: Taker<R>): R | typeof WAIT {
    const given = this.give(a, b)
    if (typeof given !== 'object' && typeof given !== 'function') return given
    return isPending(given) ? park(pending<R>(given, this.options, this.signal), taker) : (given as R)
  }

  /** The same in a task that has nothing else to do. */
  *run(a: A, b: B): Coroutine<R> {
    const given = this.give(a, b)
    return isPending(given) ? yield* pendingAlone<R>(given, this.signal) : given
  }

  /** As the function gave it. */
  give(a: A, b: B): Given<R> {
    this.begin()
    const { fn } = this
    return fn(a, b, this.signal!)
  }

  /** Takes the signal of the running task. */
  begin(): void {
    if (!this.isFirst) return
    this.isFirst = false
    if (!isCoroutineFunction(this.fn) || this.fn.length > 2) this.signal = abortSignal()
  }
}

export function checkFunction<F>(what: string, fn: F): F {
  if (typeof fn !== 'function') throw usage.notAFunction(what, fn)
  return fn
}
