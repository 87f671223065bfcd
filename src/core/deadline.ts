import type { ScopeImpl } from './scope.js'
import type { Timed } from './timers.js'

/** The deadline of one scope, as it stands in the timer structure. */
export class Deadline implements Timed {
  order = 0
  slot = -1
  readonly isDeadline = true
  at = Infinity
  private readonly scope: ScopeImpl<any>
  private readonly timeout: number | undefined

  constructor(scope: ScopeImpl<any>, timeout: number | undefined) {
    this.scope = scope
    this.timeout = timeout
  }

  move(at: number): void {
    this.stop()
    this.at = at
    if (at !== Infinity) this.scope.task.timers.add(this, at)
  }

  stop(): void {
    this.scope.task.timers.remove(this)
  }

  expire(): void {
    // It may have been moved, or its scope left, while the turn came to its end.
    if (this.slot < 0 && this.at <= this.scope.task.timers.clock.now()) this.scope.expire(this.timeout)
  }
}
