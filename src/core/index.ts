export { all, allSettled, type ConcurrencyOptions } from './all.js'
export type { Clock } from './clock.js'
export { co } from './co.js'
export { any, race } from './contest.js'
export {
  BrokenError,
  CancelledError,
  ClosedError,
  DeadlockError,
  EndError,
  GraceError,
  ScopeError,
  TimeoutError,
  UsageError,
} from './errors.js'
export { forEach, type Receivable, type Source } from './for-each.js'
export { type Instrument, instrument, type Reason } from './instrument.js'
export { type Local, local } from './local.js'
export { contextManager, type Manager, within } from './manager.js'
export { once } from './once.js'
export { type RetryOptions, retry } from './retry.js'
export { type RunOptions, run } from './run.js'
export { abortSignal, deadline, defer, moveOnAfter, scope, shield, timeout } from './scopes.js'
export { checkpoint, forever, now, sleep } from './sleep.js'
export { start } from './start.js'
export { suspend } from './suspend.js'
export { currentTask, spawn, type Task, type TaskState } from './task.js'
export type { Body, Co, Exit, Instruction, Scope, ScopeOptions, SpawnOptions } from './types.js'
export { use } from './use.js'
export { wait } from './wait.js'
