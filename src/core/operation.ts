import { usage } from './errors.js'
import { IS_CO } from './frame.js'
import { AGAIN, GO, MAX_STREAK, machine, NEXT, PARK, THROW, UNWIND, yielded } from './machine.js'
import type { TaskImpl } from './task.js'
import { passes } from './trace.js'
import type { Co, Instruction } from './types.js'
import { beginUnwind, reaching } from './unwind.js'

/** Whoever an operation reports to: the task that waits for it, or a contest of several operations. */
export interface Waiter {
  wake(operation: Operation<any>, mode: number, value: unknown): void
  readonly task: TaskImpl
}

const FRESH = 0
const PENDING = 1
export const SETTLED = 2

/**
 * The one thing that a task can wait for. `begin` completes in place (returns true, with `value` set) or leaves
 * itself where something will `settle` it; `withdraw` takes it away from there again. Between the two it is
 * settled exactly once, so a value that was granted is never lost to a cancellation, nor the other way round.
 */
export abstract class Operation<T = unknown> implements Co<T>, Iterator<Instruction, T, any> {
  declare readonly done: true
  value: T = undefined as T
  phase = FRESH
  waiter: Waiter | null = null

  constructor() {
    if (machine.checks !== null) machine.checks.created(this)
  }

  /** Completes in place and returns true, or arranges for a later `settle`. May throw. */
  abstract begin(): boolean
  /** Takes the operation back. False: it cannot be, and will settle. Called at most once. */
  abstract withdraw(): boolean
  /** Will not begin, since a cancellation came first. */
  forgo(): void {}
  /** What the waiter waits on, in words. */
  abstract describe(): string
  /**
   * Who could end the wait: the holders of a lock, the task that is joined; empty where it is any task that comes by.
   * Null where something outside the program's tasks does: time, a promise, an event. The others can deadlock.
   */
  heldBy(): readonly TaskImpl[] | null {
    return null
  }

  /** Whether a cancellation that has already arrived keeps it from beginning. */
  declare readonly cancellable: boolean

  get pending(): boolean {
    return this.phase === PENDING
  }

  [Symbol.iterator](): this {
    if (this.phase !== FRESH) throw usage.usedTwice(this.describe())
    return this
  }

  next(sent?: unknown): IteratorResult<Instruction, T> {
    if (this.phase !== FRESH) {
      this.value = sent as T
      return this
    }
    const task = machine.task
    if (task === null) throw usage.outsideOf(this.describe())
    if (++machine.streak > MAX_STREAK) {
      task.value = undefined
      return yielded(AGAIN)
    }
    if (task.interrupted && this.cancellable) {
      const target = reaching(task)
      if (target !== null) {
        this.phase = SETTLED
        this.forgo()
        beginUnwind(task, target)
        return yielded(GO)
      }
    }
    this.waiter = task
    this.phase = PENDING
    if (this.begin()) {
      this.phase = SETTLED
      return this
    }
    task.waiting = this
    return yielded(PARK)
  }

  throw(error: unknown): IteratorResult<Instruction, T> {
    passes(error, this.throw, true)
    throw error
  }

  return(value?: any): IteratorResult<Instruction, T> {
    machine.checks?.cut(this.return)
    this.value = value
    return this
  }

  /** Begins on behalf of a contest. True: it completed in place. */
  enter(waiter: Waiter): boolean {
    if (this.phase !== FRESH) throw usage.usedTwice(this.describe())
    this.waiter = waiter
    this.phase = PENDING
    if (!this.begin()) return false
    this.phase = SETTLED
    return true
  }

  grant(value: T): void {
    this.settle(NEXT, value)
  }

  reject(error: unknown): void {
    this.settle(THROW, error)
  }

  /** The wait was given up for the cancellation that reaches the waiter. */
  giveUp(): void {
    this.settle(UNWIND, undefined)
  }

  /** Takes back what is pending; true where nothing will settle it any more. */
  retract(): boolean {
    let withdrawn = true
    try {
      withdrawn = this.withdraw()
    } finally {
      if (withdrawn) this.phase = SETTLED
    }
    return withdrawn
  }

  private settle(mode: number, value: unknown): void {
    if (this.phase !== PENDING) return
    this.phase = SETTLED
    this.waiter!.wake(this, mode, value)
  }

  declare then: Co<T>['then']
}

Object.defineProperty(Operation.prototype, 'done', { value: true })
Object.defineProperty(Operation.prototype, IS_CO, { value: true })
Object.defineProperty(Operation.prototype, 'cancellable', { value: true })

/** Who could end one of several waits; null where it is for nothing that a task does. */
export function heldByAny(operations: readonly Operation<any>[]): readonly TaskImpl[] | null {
  const holders = operations.map(each => (each.pending ? each.heldBy() : null))
  return holders.every(each => each === null) ? null : holders.flatMap(each => each ?? [])
}
