import { bodyFrame } from './body.js'
import { checkCount, checkDuration, checkFactor, combine } from './errors.js'
import { CoFrame } from './frame.js'
import { ScopeImpl } from './scope.js'
import { sleep } from './sleep.js'
import { currentScope } from './task.js'
import type { Body, Co, Coroutine } from './types.js'

/** How often `retry` tries, and when. */
export interface RetryOptions {
  /** Executions in all; 3 by default. */
  readonly attempts?: number
  /** Milliseconds before the second attempt; 100 by default. */
  readonly delay?: number
  /** By what the delay grows from one attempt to the next, 1 or more; 2 by default. */
  readonly factor?: number
  /** The longest delay in milliseconds; 30,000 by default. */
  readonly maxDelay?: number
  /** Whether each delay is drawn at random from 0 up to itself; true by default. */
  readonly jitter?: boolean
  /** Whether an error is worth another attempt; every one is, by default. */
  readonly when?: (error: unknown, attempt: number) => boolean
}

/**
 * Runs what `make` gives until it succeeds; throws the last error.
 *
 * @example
 * let calls = 0
 * const busyTwice = () => {
 *   calls += 1
 *   if (calls < 3) throw new Error('busy')
 *   return 'an answer'
 * }
 * yield* retry(busyTwice, { attempts: 5, delay: 10 }) // 'an answer'
 * @throws the last error; UsageError unless `attempts` is a whole number of 1 or more, or Infinity, and the
 *   delays are 0 or more.
 * @see M. Brooker, Exponential Backoff And Jitter, 2015: full jitter
 */
export function retry<T>(make: Body<T> | (() => Body<T>), options: RetryOptions = {}): Co<T> {
  const attempts = checkCount('retry: attempts', options.attempts ?? 3)
  return new CoFrame(retrying<T>(make, attempts, pacing('retry', options), options.when))
}

function* retrying<T>(
  make: Body<T> | (() => Body<T>),
  attempts: number,
  pace: Pacing,
  when: RetryOptions['when'],
): Coroutine<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      // A scope of its own: what an attempt has opened is closed before the next.
      return yield* new ScopeImpl<T>('attempt', () => once(make))
    } catch (error) {
      if (attempt >= attempts || !isWorth(when, error, attempt)) throw error
    }
    yield* sleep(delayOf(pace, attempt - 1))
  }
}

function isWorth(when: RetryOptions['when'], error: unknown, attempt: number): boolean {
  try {
    return when?.(error, attempt) !== false
  } catch (thrown) {
    throw combine([error, thrown])
  }
}

export type Pacing = Required<Pick<RetryOptions, 'delay' | 'factor' | 'maxDelay' | 'jitter'>>

/** With the defaults; throws what names the option of `what`. */
export function pacing(what: string, options: Partial<Pacing>): Pacing {
  const { delay = 100, factor = 2, maxDelay = 30_000, jitter = true } = options
  checkDuration(`${what}: delay`, delay)
  checkFactor(`${what}: factor`, factor)
  checkDuration(`${what}: maxDelay`, maxDelay)
  return { delay, factor, maxDelay, jitter }
}

/** How long to wait after so many delays. */
export function delayOf({ delay, factor, maxDelay, jitter }: Pacing, before: number): number {
  // In the end the factor is infinite, and 0 times that is no number.
  const longest = delay && Math.min(delay * factor ** before, maxDelay)
  return jitter ? Math.random() * longest : longest
}

function* once<T>(make: Body<T> | (() => Body<T>)): Coroutine<T> {
  const scope = currentScope('retry()', 'call it in a coroutine')
  const given: unknown = yield* bodyFrame(make as Body<T>, [], scope)
  return typeof given === 'function' ? yield* bodyFrame(given as Body<T>, [], scope) : (given as T)
}
