import { cancellationOf } from './cancel.js'
import { CancelledError, isThenable } from './errors.js'
import { Operation } from './operation.js'
import type { Co } from './types.js'

/** A promise that nothing can stop: on a cancellation it is abandoned, and whatever becomes of it is ignored. */
class Bare<T> extends Operation<T> {
  private readonly promise: PromiseLike<T>

  constructor(promise: PromiseLike<T>) {
    super()
    this.promise = promise
  }

  begin(): boolean {
    listen(this, this.promise)
    return false
  }

  withdraw(): boolean {
    return true
  }

  override forgo(): void {
    listen(this, this.promise)
  }

  describe(): string {
    return 'a promise'
  }
}

/**
 * The promise of an async body, which has its scope's signal: a cancellation aborts that, and the promise is waited
 * for all the same.
 */
export class Promised<T> extends Operation<T> {
  private readonly promise: PromiseLike<T>
  /** Null where the body took none. */
  private readonly signal: AbortSignal | null

  constructor(promise: PromiseLike<T>, signal: AbortSignal | null) {
    super()
    this.promise = promise
    this.signal = signal
  }

  begin(): boolean {
    listen(this, this.promise)
    return false
  }

  withdraw(): boolean {
    return false
  }

  override reject(error: unknown): void {
    if (isAbort(error, this.signal)) this.giveUp()
    else super.reject(error)
  }

  describe(): string {
    return 'an async function'
  }
}
Object.defineProperty(Promised.prototype, 'cancellable', { value: false })

/** A promise that is made when it is waited for, with a signal of its own. */
class Abortable<T> extends Operation<T> {
  private readonly make: (signal: AbortSignal) => PromiseLike<T> | T
  private readonly controller = new AbortController()

  constructor(make: (signal: AbortSignal) => PromiseLike<T> | T) {
    super()
    this.make = make
  }

  begin(): boolean {
    const given = this.make(this.controller.signal)
    if (isThenable(given)) {
      listen(this, given)
      return false
    }
    this.value = given
    return true
  }

  withdraw(): boolean {
    const { task } = this.waiter!
    this.controller.abort(cancellationOf(task) ?? new CancelledError('lost a race', undefined, task))
    return false
  }

  override reject(error: unknown): void {
    if (isAbort(error, this.controller.signal)) this.giveUp()
    else super.reject(error)
  }

  describe(): string {
    return 'a promise that can be aborted'
  }
}

/**
 * Waits for a promise. A bare one is abandoned on a cancellation. A function gets an `AbortSignal`, which a
 * cancellation aborts, and its promise is waited for: a value counts; a rejection with the signal's reason or an
 * `AbortError` is the cancellation; any other is thrown here.
 *
 * @example
 * const response = yield* wait(signal => fetch('data:,hello', { signal }))
 * yield* wait(response.text()) // 'hello'
 * @throws what the promise rejects with.
 */
export function wait<T>(promise: PromiseLike<T> | ((signal: AbortSignal) => PromiseLike<T> | T)): Co<T> {
  // A function may be a promise too: whoever gives it means that.
  return typeof promise === 'function' && !isThenable(promise)
    ? new Abortable(promise)
    : new Bare(promise as PromiseLike<T>)
}

function listen<T>(operation: Operation<T>, promise: PromiseLike<T>): void {
  // A foreign thenable may call back twice, at once, or throw; a native promise in front of it does not.
  const native = promise instanceof Promise ? promise : Promise.resolve(promise)
  native.then(
    value => operation.grant(value),
    error => operation.reject(error),
  )
}

function isAbort(error: unknown, signal: AbortSignal | null): boolean {
  if (signal === null || !signal.aborted) return false
  // A root task that was given the signal rejects with an error of its own, for the signal's reason.
  const why = error instanceof CancelledError ? error.reason : error
  return (
    why === signal.reason ||
    error === signal.reason ||
    (error as { name?: unknown } | null)?.name === 'AbortError'
  )
}
