import type { Co } from '../core/index.js'
import { Operation, type TaskImpl, type Timers } from '../core/internal.js'
import { type Conductor, conductorOf, type IdleWaiter } from './conductor.js'

class Idle extends Operation<void> implements IdleWaiter {
  /** Whose tasks; those of the waiting task's own clock where it is null. */
  private readonly timers: Timers | null
  private conductor: Conductor | null = null

  constructor(timers: Timers | null) {
    super()
    this.timers = timers
  }

  get task(): TaskImpl {
    return this.waiter!.task
  }

  begin(): boolean {
    this.conductor = conductorOf(this.timers ?? this.task.timers)
    this.conductor.add(this)
    return false
  }

  withdraw(): boolean {
    this.conductor!.remove(this)
    return true
  }

  wakeIdle(): void {
    this.grant(undefined)
  }

  describe(): string {
    return 'all other tasks to be blocked'
  }
}

/**
 * Waits until every other task of the same clock is blocked: none of them can go on before time passes or something
 * outside happens. What waits for something outside, such as a promise, counts as blocked after a full turn of the
 * event loop. A virtual clock jumps only when those who wait here have gone on.
 *
 * @example
 * const [, receiver] = channel<string>()
 * const reader = spawn(() => receiver.receive(), { daemon: true })
 * yield* whenIdle()
 * reader.state // 'waiting'
 * @see trio's `testing.wait_all_tasks_blocked`
 */
export function whenIdle(): Co<void> {
  return new Idle(null)
}

/** The same for the tasks of one clock, also from outside of them. */
export function whenIdleOn(timers: Timers): Co<void> {
  return new Idle(timers)
}
