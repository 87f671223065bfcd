import { bodyFrame } from './body.js'
import { usage } from './errors.js'
import { CoFrame } from './frame.js'
import { machine } from './machine.js'
import type { TaskImpl } from './task.js'
import type { Body, Co, Coroutine } from './types.js'

/**
 * What a task's locals are: never changed, only replaced, so that a child takes them over for nothing. Under a name
 * stands what came from another process, where the `Local` is another object; what is set here goes before it.
 */
export type Locals = ReadonlyMap<Local<any> | string, unknown>

/** A value that belongs to a task and is seen by the tasks that it spawns. */
export interface Local<T> {
  /** What it is called in errors. */
  readonly name: string
  /** The value here; the default where none was set, and outside of any task. */
  get(): T
  /**
   * Sets it until the innermost scope ends; children spawned from now on see it. Throws `UsageError` outside of a task.
   */
  set(value: T): void
  /** Runs the body with another value. */
  with<R>(value: T, body: Body<R>): Co<R>
}

class LocalImpl<T> implements Local<T> {
  readonly name: string
  private readonly fallback: T

  constructor(name: string, fallback: T) {
    this.name = name
    this.fallback = fallback
  }

  get(): T {
    const locals = machine.task?.locals
    const key = locals?.has(this) ? this : this.name
    return locals?.has(key) ? (locals.get(key) as T) : this.fallback
  }

  set(value: T): void {
    const { task } = machine
    if (task === null)
      throw usage.outside(`local "${this.name}".set()`, 'write run(body), and set it in the body')
    task.locals = new Map(task.locals).set(this, value)
  }

  with<R>(value: T, body: Body<R>): Co<R> {
    return new CoFrame(this.inside(value, body))
  }

  private *inside<R>(value: T, body: Body<R>): Coroutine<R> {
    const task = machine.task as TaskImpl
    const before = task.locals
    this.set(value)
    try {
      return yield* bodyFrame(body, [], task)
    } finally {
      task.locals = before
    }
  }
}

/**
 * Makes a task-local value.
 *
 * @example
 * const requestId = local('requestId', 'none')
 * yield* requestId.with('42', () => requestId.get()) // '42'
 * requestId.get() // 'none'
 * @see Python's `contextvars`
 */
export function local<T>(name: string, fallback: T): Local<T> {
  return new LocalImpl(name, fallback)
}
