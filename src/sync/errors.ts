import { BrokenError, ClosedError, EndError, type Task, UsageError } from '../core/index.js'

/** Every message of this folder: what was done, and what to write instead. */

export function closed(end: string): ClosedError {
  return new ClosedError(`this ${end} is closed; clone() it before closing where two need one`)
}

export function noneLeft(): EndError {
  return new EndError('the channel has ended: every sender is closed and nothing is left')
}

export function noReceiver(): BrokenError {
  return new BrokenError('no receiver is left: what is sent would be lost')
}

export function lockBroken(holder: Task<unknown>): BrokenError {
  return new BrokenError(
    `task "${holder.name}" ended without releasing a lock, so what that guards may be half done; write lock.with(body), or release it in \`finally\``,
  )
}

export function badCapacity(what: string, value: unknown): UsageError {
  return new UsageError(`${what} got ${String(value)}; give a whole number of 0 or more, or Infinity`)
}

export function badParties(value: unknown): UsageError {
  return new UsageError(`Barrier got ${String(value)}; give a whole number of 1 or more`)
}

export function badSteps(value: unknown): UsageError {
  return new UsageError(`deque.rotate got ${String(value)}; give a whole number, below 0 to the left`)
}

export function outside(what: string): UsageError {
  return new UsageError(
    `${what} was called outside of a task, and only a task can hold a lock; write run(body)`,
  )
}

export function holdsAlready(holder: Task<unknown>): UsageError {
  return new UsageError(
    `task "${holder.name}" holds this lock already and would wait for itself; acquire it once, or use a Semaphore(1) that another task may release`,
  )
}

export function notALock(value: unknown): UsageError {
  return new UsageError(`Condition got ${typeof value}; give it a Lock, or nothing for one of its own`)
}

export function notHeld(): UsageError {
  return new UsageError(
    'this lock is not held by anybody; acquire it first, and release it once for each acquire',
  )
}

export function heldByOther(holder: Task<unknown>): UsageError {
  return new UsageError(
    `this lock is held by task "${holder.name}", and only that may release it, wait with it or notify; acquire it first`,
  )
}

export function notAcquired(what: string): UsageError {
  return new UsageError(
    `a ${what} was released more often than acquired; release once for each acquire, or write with(body)`,
  )
}

export function twiceAtBarrier(): UsageError {
  return new UsageError(
    'the same select or race waits twice at one barrier; it is one task, and counts as one',
  )
}

export function nothingToSelect(): UsageError {
  return new UsageError('select({}) can never end; give at least one operation: select({ name: operation })')
}

export function notOperations(value: unknown): UsageError {
  return new UsageError(
    `select got ${String(value)}; give an object of operations: select({ name: operation })`,
  )
}

export function selectedTwice(): UsageError {
  return new UsageError('select was given one operation under two names; an operation can be used once')
}

export function notAnOperation(name: string): UsageError {
  return new UsageError(
    `select: "${name}" is no bare operation, so that more than one could happen; give what receive(), send(), acquire(), wait(), sleep() and the like return, or a task; race() takes bodies`,
  )
}

export function notReceivable(value: unknown): UsageError {
  return new UsageError(
    `toAsyncIterable got ${value === null ? 'null' : typeof value}; give the receiver of a channel`,
  )
}

export function checkCapacity(what: string, capacity: number): number {
  if (capacity !== Infinity && !(Number.isInteger(capacity) && capacity >= 0))
    throw badCapacity(what, capacity)
  return capacity
}
