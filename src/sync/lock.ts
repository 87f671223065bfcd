import { type Body, type Co, currentTask, type Task } from '../core/index.js'
import type { TaskImpl } from '../core/internal.js'
import { outside } from './errors.js'
import { holding } from './holding.js'
import { Hold, Mutex } from './mutex.js'

/** What `statistics()` of a `Lock` tells. */
export interface LockStatistics {
  /** The task that holds it; `undefined` where none does. */
  readonly holder: Task<unknown> | undefined
  /** A holder ended without releasing it. */
  readonly isBroken: boolean
  /** How many wait for it. */
  readonly waiting: number
}

/** For the condition of a lock. */
export let mutexOf: (lock: Lock) => Mutex

/**
 * One task at a time holds it; first come, first served. A holder that ends without releasing it breaks it: from
 * then on everybody gets `BrokenError`, since nobody knows what was left half done.
 *
 * @example
 * const lock = new Lock()
 * let balance = 0
 * const deposit = () => lock.with(function* () {
 *   const before = balance
 *   yield* sleep(1)
 *   balance = before + 10
 * })
 * yield* all([deposit, deposit])
 * balance // 20
 * @see trio's `Lock`; Rust's `Mutex`, which a holder that fails poisons
 */
export class Lock {
  private readonly mutex = new Mutex()

  static {
    mutexOf = lock => lock.mutex
  }

  /**
   * Waits until the task holds the lock.
   *
   * @throws BrokenError where it is broken; UsageError where the task holds it already.
   */
  acquire(): Co<void> {
    return new Hold(this.mutex)
  }

  /** Takes the lock at once, or answers false. Throws as `acquire` does, and `UsageError` outside of a task. */
  tryAcquire(): boolean {
    const hold = new Hold(this.mutex)
    hold.waiter = (currentTask() as TaskImpl | undefined) ?? null
    if (hold.waiter === null) throw outside('lock.tryAcquire()')
    return this.mutex.admit(hold)
  }

  /**
   * Gives the lock straight to the longest waiter, where there is one.
   *
   * @throws UsageError where the task does not hold it; BrokenError where it is broken.
   */
  release(): void {
    this.mutex.release()
  }

  /** Runs the body with the lock. */
  with<T>(body: Body<T>): Co<T> {
    return holding(this, body)
  }

  /** Who holds it, and how many wait. */
  statistics(): LockStatistics {
    const { holder, broken, line } = this.mutex
    return { holder, isBroken: broken !== null, waiting: line.length }
  }
}
