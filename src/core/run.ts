import type { Clock } from './clock.js'
import { turnOnDebugMode } from './debug-mode.js'
import { usage } from './errors.js'
import { CoFrame } from './frame.js'
import { Operation } from './operation.js'
import { ScopeImpl } from './scope.js'
import { type Task, TaskImpl } from './task.js'
import { timersOf } from './timers.js'
import type { Body, Co } from './types.js'

/** How `run` runs a body. */
export interface RunOptions {
  /** What the task is called in errors and dumps; the name of its function unless given. */
  readonly name?: string
  /** Cancels the task when it is aborted, with the signal's reason. */
  readonly signal?: AbortSignal
  /** Turns debug mode on, for the whole program; see `omakase/debug`. The task begins when that has been loaded. */
  readonly debug?: boolean
  /** Where it and all its children get the time from. */
  readonly clock?: Clock
}

/**
 * Runs a body as a root task: the only task that no scope owns. It begins in a microtask. Await the task for its
 * value; where it fails and nobody looks, the platform reports an unhandled rejection.
 *
 * @example
 * const task = run(function* () {
 *   yield* sleep(10)
 *   return 'hello'
 * })
 * await task // 'hello'
 */
export function run<T>(body: Body<T>, options: RunOptions = {}): Task<T> {
  const { signal, clock, name } = options
  if (signal !== undefined && typeof signal?.addEventListener !== 'function')
    throw usage.instead('run: signal', signal, 'the signal of an AbortController')
  if (clock !== undefined && typeof clock?.now !== 'function')
    throw usage.instead('run: clock', clock, 'a Clock, such as a VirtualClock')
  if (options.debug) turnOnDebugMode()
  const task = TaskImpl.root(body, name, timersOf(clock))
  if (signal !== undefined) follow(task, signal)
  return task
}

function follow(task: TaskImpl, signal: AbortSignal): void {
  const cancel = () => task.cancel(signal.reason)
  if (signal.aborted) {
    cancel()
    return
  }
  signal.addEventListener('abort', cancel, { once: true })
  task.reporter = {
    ended() {
      signal.removeEventListener('abort', cancel)
      return false
    },
  }
}

// `await co`, from async code, runs it as a root task. Given to the classes from here, since only `run` knows how.
for (const type of [CoFrame, Operation, ScopeImpl]) {
  type.prototype.then = function (this: Co<unknown>, onfulfilled?: any, onrejected?: any) {
    return run(this).then(onfulfilled, onrejected)
  } as Co<any>['then']
}
