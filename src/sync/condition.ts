import type { Co } from '../core/index.js'
import { checkCount, type TaskImpl, WaitQueue } from '../core/internal.js'
import { notALock } from './errors.js'
import { Lock, type LockStatistics, mutexOf } from './lock.js'
import { Hold, type Mutex } from './mutex.js'

/** What `statistics()` of a `Condition` tells. */
export interface ConditionStatistics {
  /** How many wait for a notification; those who wait for the lock again are counted there. */
  readonly waiting: number
  /** That of its lock. */
  readonly lock: LockStatistics
}

/**
 * Waits for something that another task does under the same lock.
 *
 * @param lock the lock; one of its own unless given.
 * @example
 * const changed = new Condition()
 * const jobs: string[] = []
 * const worker = spawn(() => changed.lock.with(function* () {
 *   while (jobs.length === 0) yield* changed.wait()
 *   return jobs.shift()
 * }))
 * yield* sleep(10)
 * yield* changed.lock.with(() => {
 *   jobs.push('job')
 *   changed.notify()
 * })
 * yield* worker // 'job'
 * @see trio's `Condition`
 */
export class Condition {
  /** The lock under which one waits and notifies. */
  readonly lock: Lock
  private readonly waits = new WaitQueue<Wait>()

  /** @throws UsageError where it is given something other than a `Lock`. */
  constructor(lock: Lock = new Lock()) {
    if (!(lock instanceof Lock)) throw notALock(lock)
    this.lock = lock
  }

  /**
   * Releases the lock, waits for a notification, and gives when the task holds the lock again: also where it was
   * cancelled, so that it unwinds with the lock. A notification that it then has not used goes to the next.
   *
   * @throws UsageError where the task does not hold the lock; BrokenError where that breaks.
   */
  wait(): Co<void> {
    return new Wait(mutexOf(this.lock), this.waits)
  }

  /**
   * Wakes the longest waiters; each goes on when it gets the lock.
   *
   * @param count how many; 1 by default.
   * @throws UsageError where the task does not hold the lock, and unless `count` is a whole number of 1 or more.
   */
  notify(count = 1): void {
    checkCount('condition.notify', count)
    mutexOf(this.lock).check()
    for (; count > 0; count--) {
      const wait = this.waits.peek()
      if (wait === null) return
      wait.notify(count !== Infinity)
    }
  }

  /** Wakes everybody who waits. Throws `UsageError` where the task does not hold the lock. */
  notifyAll(): void {
    this.notify(Infinity)
  }

  /** How many wait, and how the lock stands. */
  statistics(): ConditionStatistics {
    return { waiting: this.waits.length, lock: this.lock.statistics() }
  }
}

const ASLEEP = 0
/** In the lock's line, as one of several that were notified, or as the only one. */
const NOTIFIED = 1
const HAS_NOTIFICATION = 2
/** In the lock's line, and then it unwinds. */
const CUT = 3

/** Waits on a condition; then it is a hold on the lock like any other. */
class Wait extends Hold {
  private readonly waits: WaitQueue<Wait>
  private stage = ASLEEP

  constructor(mutex: Mutex, waits: WaitQueue<Wait>) {
    super(mutex)
    this.waits = waits
  }

  override begin(): boolean {
    this.mutex.release()
    this.waits.add(this)
    this.mutex.asleep.add(this)
    return false
  }

  notify(isPassedOn: boolean): void {
    this.leave(isPassedOn ? HAS_NOTIFICATION : NOTIFIED)
    this.mutex.line.add(this)
  }

  private leave(stage: number): void {
    this.stage = stage
    this.waits.remove(this)
    this.mutex.asleep.delete(this)
  }

  wakeWith(error: unknown): void {
    this.leave(CUT)
    this.reject(error)
  }

  override withdraw(): boolean {
    const { stage, mutex } = this
    if (stage === CUT) return false
    if (stage === ASLEEP) this.leave(CUT)
    else {
      this.stage = CUT
      mutex.line.remove(this)
      if (stage === HAS_NOTIFICATION) this.waits.peek()?.notify(true)
    }
    // Nobody is there to have the lock, or nothing to be had; or it is had already, by another contestant, or at once.
    if (!this.isAwaited || mutex.broken !== null || mutex.holder === this.task || mutex.admit(this))
      return true
    mutex.line.add(this)
    return false
  }

  override serve(): void {
    if (this.stage === CUT) this.giveUp()
    else this.grant()
  }

  override heldBy(): readonly TaskImpl[] {
    return this.stage === ASLEEP ? [] : super.heldBy()
  }

  override describe(): string {
    return this.stage === ASLEEP ? 'a condition' : super.describe()
  }
}
