import type { Co } from '../core/index.js'
import { Line, Turn } from './line.js'

/** What `statistics()` of an `Event` tells. */
export interface EventStatistics {
  /** Whether it has happened. */
  readonly isSet: boolean
  /** How many wait for it. */
  readonly waiting: number
}

/**
 * Something that has happened, or not yet. It stays set until it is cleared.
 *
 * @example
 * const ready = new Event()
 * spawn(function* () {
 *   yield* sleep(10)
 *   ready.set()
 * })
 * yield* ready.wait()
 * ready.isSet // true
 * @see trio's `Event`
 */
export class Event {
  private happened = false
  private readonly line = new Line(
    () => this.happened,
    () => 'an event',
  )

  /** Whether it has happened. */
  get isSet(): boolean {
    return this.happened
  }

  /** Lets everybody through who waits, and who comes until it is cleared. Setting it twice is no error. */
  set(): void {
    this.happened = true
    for (let turn = this.line.shift(); turn !== null; turn = this.line.shift()) turn.grant()
  }

  /** From now on `wait` waits again; whoever was let through stays so. */
  clear(): void {
    this.happened = false
  }

  /** Waits until it is set; gives at once where it is. */
  wait(): Co<void> {
    return new Turn(this.line)
  }

  /** Whether it is set, and how many wait. */
  statistics(): EventStatistics {
    return { isSet: this.happened, waiting: this.line.length }
  }
}
