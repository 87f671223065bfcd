import { bodyFrame } from './body.js'
import { combine, isThenable, usage } from './errors.js'
import { CoFrame } from './frame.js'
import { NEXT, RETURN, THROW, YIELDED } from './machine.js'
import { shield } from './scopes.js'
import { currentScope } from './task.js'
import type { BodyWith, Co, Coroutine, Instruction } from './types.js'

/** What a function made by `contextManager` returns, for `within`; it can be used once. */
export interface Manager<out V> {
  /** What it is called in errors: the name of the function. */
  readonly name: string
  /** Not there at run time. */
  readonly value?: V
}

/**
 * Makes a function that returns context managers. What stands before its one bare `yield` prepares, what is yielded
 * goes to the body of `within`, and what stands after it cleans up, and is never cut short. An error of the body is
 * thrown at the `yield`: caught there it is silenced, or replaced. A cancellation runs the `finally` blocks only.
 *
 * @example
 * const inFolder = contextManager(function* (folder: string) {
 *   const before = process.cwd()
 *   process.chdir(folder)
 *   try {
 *     yield folder
 *   } finally {
 *     process.chdir(before)
 *   }
 * })
 * yield* within(inFolder('..'), function* (folder) {
 *   yield* sleep(10)
 * })
 * @throws UsageError for anything but a generator function.
 * @see Python's `contextlib.contextmanager`
 */
export function contextManager<A extends unknown[], V>(
  fn: (...args: A) => Generator<Instruction | V, void, any>,
): (...args: A) => Manager<V> {
  if (typeof fn !== 'function') throw usage.notAGenerator('contextManager', fn)
  return (...args) => new ManagerImpl(fn.name || 'a context manager', fn(...args))
}

/**
 * Runs a body inside what a context manager prepares and cleans up. Gives the body's value; `undefined` where the
 * manager has silenced its error. It is no scope: what the body spawns belongs to the scope around it.
 *
 * @example
 * const log: string[] = []
 * const transaction = contextManager(function* () {
 *   try {
 *     yield 'a transaction'
 *     log.push('commit')
 *   } catch (error) {
 *     log.push('roll back')
 *     throw error
 *   }
 * })
 * yield* within(transaction(), it => log.push(it))
 * log // ['a transaction', 'commit']
 * @throws UsageError where the manager was used before, or does not yield exactly once.
 */
export function within<V, T>(
  manager: Manager<V>,
  body: BodyWith<[value: V, signal: AbortSignal], T>,
): Co<T | undefined> {
  if (!(manager instanceof ManagerImpl)) throw usage.notAManager(manager)
  return new CoFrame(inside<T>(manager, body))
}

function* inside<T>(manager: ManagerImpl, body: BodyWith<any[], T>): Coroutine<T | undefined> {
  const scope = currentScope('within()', 'call it in a coroutine')
  const value = yield* manager.enter()
  // Where it was cancelled on the way in, only the native delegation believes that something goes on.
  if (manager.isOver) return undefined
  let result: T | undefined
  let mode = RETURN
  let error: unknown
  try {
    result = yield* bodyFrame<T>(body, [value], scope)
    mode = NEXT
  } catch (thrown) {
    mode = THROW
    error = thrown
  } finally {
    // A cancellation: it is unwinding, and masked.
    if (mode === RETURN) yield* manager.leave(RETURN)
  }
  yield* shield(() => new CoFrame(leaving(manager, mode, error)))
  return result
}

function* leaving(manager: ManagerImpl, mode: number, error: unknown): Coroutine<void> {
  try {
    yield* manager.leave(mode, error)
  } catch (thrown) {
    throw mode === THROW ? replacing(thrown, error) : thrown
  }
}

/** What replaces an error carries it as its cause; where it cannot, both are thrown. */
function replacing(thrown: unknown, error: unknown): unknown {
  for (let each = thrown; each instanceof Error; each = each.cause) if (each === error) return thrown
  if (!(thrown instanceof Error) || thrown.cause !== undefined || !Object.isExtensible(thrown))
    return combine([error, thrown])
  for (let each = error; each instanceof Error; each = each.cause)
    if (each === thrown) return combine([error, thrown])
  Object.defineProperty(thrown, 'cause', { value: error, writable: true, configurable: true })
  return thrown
}

type Result = IteratorResult<Instruction, unknown>

/** Its generator is stepped natively inside the frame of `within`: up to its bare `yield`, and later to its end. */
class ManagerImpl implements Manager<any>, Iterator<Instruction, any, any> {
  readonly name: string
  isOver = false
  private readonly gen: Generator<unknown, unknown, any>
  private isEntered = false
  private isLeaving = false
  private mode = NEXT
  private error: unknown

  constructor(name: string, gen: Generator<unknown, unknown, any>) {
    this.name = name
    this.gen = gen
  }

  enter(): this {
    if (this.isEntered) throw usage.usedTwice(this.name)
    this.isEntered = true
    return this
  }

  leave(mode: number, error?: unknown): this {
    this.isLeaving = true
    this.mode = mode
    this.error = error
    return this
  }

  [Symbol.iterator](): this {
    return this
  }

  next(sent?: unknown): Result {
    const { mode, gen } = this
    this.mode = NEXT
    if (mode === THROW) return this.passOn(gen.throw(this.error))
    return this.passOn(mode === NEXT ? gen.next(sent) : gen.return(undefined))
  }

  throw(error: unknown): Result {
    return this.passOn(this.gen.throw(error))
  }

  return(value?: unknown): Result {
    this.isLeaving = true
    return this.passOn(this.gen.return(value))
  }

  private passOn(result: IteratorResult<unknown, unknown>): Result {
    if (result === YIELDED) return YIELDED
    const { done, value } = result
    if (done) {
      this.isOver = true
      if (!this.isLeaving) throw usage.yieldsNothing(this.name)
      return { done, value }
    }
    if (this.isLeaving) throw usage.yieldsTwice(this.name)
    if (isThenable(value)) return this.passOn(this.gen.throw(usage.foreignYield(this.name, value)))
    return { done: true, value }
  }
}
