import { usage } from './errors.js'
import { type CoFrame, UNWINDING } from './frame.js'
import type { Hooks } from './instrument.js'
import { AGAIN, advance, GO, machine, NEXT, RETURN, THROW, UNWIND, YIELDED } from './machine.js'
import { enqueue } from './scheduler.js'
import type { ScopeImpl } from './scope.js'
import { ACTIVE, FAILED, OK, type TaskImpl } from './task.js'
import type { Instruction } from './types.js'
import { beginUnwind, reaching } from './unwind.js'

/** Runs a task until it waits, ends, or goes to the back of the run queue. */
export function step(task: TaskImpl): void {
  if (task.status !== ACTIVE) return
  const { hooks } = machine
  if (hooks !== null) hooks.beforeStep(task)
  machine.task = task
  machine.streak = 0
  if (task.mode === UNWIND) prepareUnwind(task)
  while (resume(task));
  machine.task = null
  if (hooks !== null) stepped(task, hooks)
}

/**
 * Resumes the top frame, and only ever that, as `mode` and `value` of the task say. True: there is more to do at once.
 * A function of its own, small, because it is compiled to better code than as the body of a loop.
 */
function resume(task: TaskImpl): boolean {
  const { top, mode, value } = task
  if (top === null || top.gen === null) return leave(task, top as ScopeImpl | null)
  task.value = undefined
  try {
    const result = mode === NEXT ? advance.call(top.gen, value) : interrupt(top as CoFrame, mode, value)
    // What a delegate yields comes through `yield*` as the very object that it answered.
    if (result === YIELDED) {
      if (machine.request !== AGAIN) return machine.request === GO
      task.mode = NEXT
      enqueue(task)
      return false
    }
    if (!result.done) {
      task.mode = THROW
      task.value = usage.foreignYield(frameName(task), result.value)
      return true
    }
    if (top.state !== UNWINDING) top.check(result.value)
    task.mode = NEXT
    task.value = result.value
  } catch (error) {
    task.mode = THROW
    task.value = error
  }
  end(task, top as CoFrame)
  return true
}

function stepped(task: TaskImpl, hooks: Hooks): void {
  if (task.waiting !== null) hooks.taskBlocked(task, task.waiting)
  hooks.afterStep(task)
}

/** What a frame that is asked to return gives, unless its `finally` thinks better of it. */
const RETURNED = Symbol()

/** Steps a task while another one is being stepped: `depth` is how deep the native stack then is, in calls. */
export function stepInside(task: TaskImpl, depth: number): void {
  const { task: outer, depth: outerDepth, streak } = machine
  machine.depth = depth
  step(task)
  machine.task = outer
  machine.depth = outerDepth
  machine.streak = streak
}

function interrupt(frame: CoFrame, mode: number, value: unknown): IteratorResult<Instruction, unknown> {
  if (mode === THROW) return frame.gen!.throw(value)
  frame.state = UNWINDING
  return frame.gen!.return(RETURNED)
}

/** Takes an ended frame off; one that was unwound leaves its caller to be asked next. */
function end(task: TaskImpl, frame: CoFrame): void {
  task.top = frame.below
  if (frame.state === UNWINDING) {
    if (task.mode === THROW) task.unwind!.target.record(task.value)
    else if (task.value !== RETURNED) machine.checks?.swallowed(frame, task)
    task.mode = RETURN
  }
  frame.end()
}

/** Ends the scope that the body above it has left, or the task where there is none. */
function leave(task: TaskImpl, scope: ScopeImpl | null): boolean {
  const { mode, value } = task
  task.value = undefined
  const leaving = scope ?? task.scope
  if (leaving !== null) return leaving.complete(mode, value) === GO
  task.settle(mode === NEXT ? OK : FAILED, value)
  return false
}

function prepareUnwind(task: TaskImpl): void {
  const target = reaching(task)
  if (target !== null) beginUnwind(task, target)
}

function frameName(task: TaskImpl): string {
  const { top } = task
  return top !== null && top.name !== 'a coroutine' ? top.name : task.name
}
