import type { Clock, Co } from '../core/index.js'
import { CoFrame, type Coroutine, checkDuration, nextTurn, timersOf } from '../core/internal.js'
import { conductorOf } from './conductor.js'
import { whenIdleOn } from './idle.js'

/** A clock on which time passes when nothing else can happen. */
export interface VirtualClock extends Clock {
  /** Lets so many milliseconds pass at once: all that falls due in them falls due in one turn, late. */
  jump(ms: number): void
  /** Lets so many milliseconds pass from one wake time to the next, each at its own time. */
  advance(ms: number): Co<void>
  /** Waits until all tasks of this clock are blocked; also from outside of them. */
  whenIdle(): Co<void>
}

/** When a virtual clock goes on. */
export interface VirtualClockOptions {
  /** Whether the clock goes on to the next wake time as soon as all its tasks are blocked. True by default. */
  readonly autojump?: boolean
  /**
   * Real milliseconds for which nothing has to happen before tasks that wait for something outside count as
   * blocked. 0, the default, is a full turn of the event loop.
   */
  readonly threshold?: number
}

/**
 * Makes a clock that starts at 0 and stands still while any task can go on; when all are blocked it jumps to the
 * moment for which the next of them waits. So an hour of `sleep` takes no time, and wake times are exact.
 *
 * @example
 * const task = run(function* () {
 *   yield* sleep(3_600_000)
 *   return now()
 * }, { clock: virtualClock() })
 * await task // 3_600_000
 * @throws UsageError for a threshold that is negative or NaN.
 * @see trio's `testing.MockClock`
 */
export function virtualClock(options: VirtualClockOptions = {}): VirtualClock {
  const { autojump = true, threshold = 0 } = options
  return new Virtual(autojump, checkDuration('virtualClock: threshold', threshold))
}

interface Armed {
  readonly at: number
  readonly fire: () => void
}

class Virtual implements VirtualClock {
  readonly resolution = 0
  private time = 0
  private armed: Armed | null = null
  private readonly timers = timersOf(this)
  private readonly conductor = conductorOf(this.timers)

  constructor(autojump: boolean, threshold: number) {
    this.conductor.threshold = threshold
    if (autojump) this.conductor.onIdle = () => this.moveOn(Infinity)
  }

  now(): number {
    return this.time
  }

  arm(at: number, fire: () => void): void {
    if (this.armed === null) this.conductor.hold()
    const armed = { at, fire }
    this.armed = armed
    // What is due already does not wait until all are blocked: it may be what ends an endless loop.
    if (at <= this.time) {
      nextTurn(() => {
        if (this.armed === armed) fire()
      })
    }
  }

  disarm(): void {
    if (this.armed === null) return
    this.armed = null
    this.conductor.letGo()
  }

  jump(ms: number): void {
    this.moveTo(this.time + checkDuration('jump', ms))
  }

  advance(ms: number): Co<void> {
    checkDuration('advance', ms)
    return new CoFrame(this.advancing(ms))
  }

  whenIdle(): Co<void> {
    return whenIdleOn(this.timers)
  }

  private *advancing(ms: number): Coroutine<void> {
    const end = this.time + ms
    do yield* this.whenIdle()
    while (this.moveOn(end))
    if (this.time < end) this.moveTo(end)
    yield* this.whenIdle()
  }

  /** On to the next wake time that is not after `end`; false where there is none. */
  private moveOn(end: number): boolean {
    if (this.armed === null || this.armed.at > end) return false
    this.moveTo(this.armed.at)
    return true
  }

  private moveTo(at: number): void {
    this.time = Math.max(this.time, at)
    this.conductor.stir()
    // It is armed again from there, or disarmed.
    if (this.armed !== null && this.armed.at <= this.time) this.armed.fire()
  }
}
