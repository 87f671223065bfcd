import { usage } from './errors.js'
import { Queued } from './queue.js'
import type { ScopeImpl } from './scope.js'
import { ACTIVE, OK, type TaskImpl } from './task.js'
import type { Exit } from './types.js'

/** Is told of the end of a task. */
export interface Told extends Queued<any> {
  tell(): void
  /** What it holds was taken in this scope of the task, and is lost where that is abandoned. */
  readonly within?: ScopeImpl | null
}

/** Waits for the end of a task. */
export abstract class Ending<T, R> extends Queued<R> {
  protected readonly target: TaskImpl<T>

  constructor(target: TaskImpl<T>) {
    super()
    this.target = target
  }

  protected abstract outcome(): R

  begin(): boolean {
    const { target } = this
    if (target.status !== ACTIVE) {
      target.observe()
      this.value = this.outcome()
      return true
    }
    this.refuseDeadlock()
    target.queue.add(this)
    return false
  }

  withdraw(): boolean {
    this.target.queue.remove(this)
    return true
  }

  describe(): string {
    return `the end of task "${this.target.name}"`
  }

  override heldBy(): readonly TaskImpl[] {
    return [this.target]
  }

  /** The target has ended. */
  tell(): void {
    this.target.observe()
    try {
      this.grant(this.outcome())
    } catch (error) {
      this.reject(error)
    }
  }

  private refuseDeadlock(): void {
    const { target } = this
    for (let task = this.waiter!.task; ; task = task.parent.task) {
      if (task === target) throw usage.joinsItself(this.waiter!.task.name, target.name)
      if (task.parent === null || target.parent?.task === task) return
    }
  }
}

/** Gives its value, or throws its error. */
export class Join<T> extends Ending<T, T> {
  protected outcome(): T {
    const { target } = this
    if (target.status === OK) return target.value as T
    throw target.error
  }
}

/** Tells how it ended. */
export class Settled<T> extends Ending<T, Exit<T>> {
  protected outcome(): Exit<T> {
    return this.target.exit()
  }
}
