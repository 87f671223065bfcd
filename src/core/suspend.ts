import { checkFunction } from './errors.js'
import { Operation } from './operation.js'
import type { Co } from './types.js'

/** Arranges that the wait ends, and gives the way to call that off, where there is one. */
// biome-ignore lint/suspicious/noConfusingVoidType: a function that returns nothing is meant
type Start<T> = (resume: (value: T) => void, fail: (error: unknown) => void) => (() => void) | void

class Suspension<T> extends Operation<T> {
  private readonly start: Start<T>
  private abort: unknown
  private beginning = true
  private thrown: { error: unknown } | undefined

  constructor(start: Start<T>) {
    super()
    this.start = start
  }

  begin(): boolean {
    let settled = false
    this.abort = this.start(
      value => {
        if (settled) return
        settled = true
        if (this.beginning) this.value = value
        else this.grant(value)
      },
      error => {
        if (settled) return
        settled = true
        if (this.beginning) this.thrown = { error }
        else this.reject(error)
      },
    )
    this.beginning = false
    if (this.thrown !== undefined) throw this.thrown.error
    return settled
  }

  withdraw(): boolean {
    const { abort } = this
    if (typeof abort !== 'function') return false
    this.abort = undefined
    abort()
    // It may have answered while it was aborted; then that counts.
    return this.pending
  }

  describe(): string {
    return 'suspend'
  }
}

/**
 * The one primitive through which everything waits. `start` is called at once; the task goes on when `resume(value)`
 * or `fail(error)` is called, the first time. What `start` returns is called, at most once, when the wait is
 * cancelled; without it the wait cannot be cut short, and completes first.
 *
 * @example
 * const heard = yield* suspend<string>(resume => {
 *   const timer = setTimeout(resume, 10, 'rang')
 *   return () => clearTimeout(timer)
 * })
 * heard // 'rang'
 * @throws what is given to `fail`, or thrown by `start`.
 * @see trio's `lowlevel.wait_task_rescheduled`
 */
export function suspend<T = void>(start: Start<T>): Co<T> {
  checkFunction('suspend', start)
  return new Suspension(start)
}
