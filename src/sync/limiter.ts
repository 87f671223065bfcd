import type { Body, Co } from '../core/index.js'
import { checkCount } from '../core/internal.js'
import { notAcquired } from './errors.js'
import { holding } from './holding.js'
import { Line, Turn } from './line.js'

/** What `statistics()` of a limiter or a semaphore tells. */
export interface LimiterStatistics {
  /** How many may hold it at once. */
  readonly limit: number
  /** How many do; more than the limit, where that was lowered meanwhile. */
  readonly held: number
  /** How many wait for it. */
  readonly waiting: number
}

/** What a semaphore and a limiter have in common: so many may hold it at once, and it knows no holders. */
export abstract class Permits {
  protected most: number
  private held = 0
  private readonly what: string
  private readonly line = new Line(
    () => this.tryAcquire(),
    () => `a ${this.what}`,
  )

  constructor(name: string, limit: number) {
    this.most = checkCount(name, limit)
    this.what = name.toLowerCase()
  }

  /** Waits for a permit; first come, first served. Whoever gets one releases it, and any task may. */
  acquire(): Co<void> {
    return new Turn(this.line)
  }

  /** Takes a permit at once, or answers false. */
  tryAcquire(): boolean {
    if (this.held >= this.most) return false
    this.held++
    return true
  }

  /** Gives a permit back: straight to the longest waiter, where there is one. Throws `UsageError` where none is out. */
  release(): void {
    if (this.held === 0) throw notAcquired(this.what)
    this.held--
    this.handOut()
  }

  /** Runs the body with a permit. */
  with<T>(body: Body<T>): Co<T> {
    return holding(this, body)
  }

  /** How many hold it, how many may, and how many wait. */
  statistics(): LimiterStatistics {
    return { limit: this.most, held: this.held, waiting: this.line.length }
  }

  protected handOut(): void {
    while (this.line.length > 0 && this.tryAcquire()) this.line.shift()!.grant()
  }
}

/**
 * A semaphore whose limit may be changed while it is used.
 *
 * @example
 * const requests = new Limiter(8)
 * yield* requests.with(() => sleep(10))
 * requests.limit = 4 // from now on
 * @throws UsageError unless the limit is a whole number of 1 or more, or Infinity.
 * @see trio's `CapacityLimiter`
 */
export class Limiter extends Permits {
  /** For so many at once. */
  constructor(limit: number) {
    super('Limiter', limit)
  }

  /** How many may hold it at once. Raising it lets waiters through; lowering it takes nothing back from holders. */
  get limit(): number {
    return this.most
  }

  set limit(limit: number) {
    this.most = checkCount('limiter.limit', limit)
    this.handOut()
  }
}
