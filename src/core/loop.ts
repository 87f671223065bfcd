import { usage } from './errors.js'
import { type CoFrame, UNWINDING } from './frame.js'
import type { Hooks } from './instrument.js'
import { AGAIN, machine, NEXT, PARK, RETURN, THROW, UNWIND, YIELDED } from './machine.js'
import { enqueue } from './scheduler.js'
import type { ScopeImpl } from './scope.js'
import { ACTIVE, FAILED, OK, type TaskImpl } from './task.js'
import type { Instruction } from './types.js'
import { beginUnwind, reaching } from './unwind.js'

/** Runs a task until it waits, ends, or goes to the back of the run queue. Only ever its top frame is resumed. */
export function step(task: TaskImpl): void {
  if (task.status !== ACTIVE) return
  const { hooks } = machine
  if (hooks !== null) hooks.beforeStep(task)
  machine.task = task
  machine.streak = 0
  if (task.mode === UNWIND) prepareUnwind(task)
  let { mode, value } = task
  task.value = undefined
  for (;;) {
    const { top } = task
    if (top === null || top.gen === null) {
      const scope = (top as ScopeImpl | null) ?? task.scope
      if (scope === null) {
        task.settle(mode === NEXT ? OK : FAILED, value)
        break
      }
      if (scope.complete(mode, value) === PARK) break
      ;({ mode, value } = task)
      continue
    }
    const frame = top as CoFrame<any>
    try {
      // What a delegate yields comes through `yield*` as the very object that it answered.
      const result = mode === NEXT ? frame.gen!.next(value) : resume(frame, mode, value)
      if (result === YIELDED) {
        const { request } = machine
        if (request === PARK) break
        if (request === AGAIN) {
          task.mode = NEXT
          enqueue(task)
          break
        }
        ;({ mode, value } = task)
        continue
      }
      if (!result.done) {
        mode = THROW
        value = usage.foreignYield(frameName(task), result.value)
        continue
      }
      value = result.value
      if (frame.state !== UNWINDING) frame.check(value)
      mode = NEXT
    } catch (error) {
      mode = THROW
      value = error
    }
    // The frame has ended.
    task.top = frame.below
    if (frame.state === UNWINDING) {
      if (mode === THROW) task.unwind!.target.record(value)
      else if (value !== RETURNED) machine.checks?.swallowed(frame, task)
      mode = RETURN
    }
    frame.end()
  }
  machine.task = null
  if (hooks !== null) stepped(task, hooks)
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

function resume(frame: CoFrame<any>, mode: number, value: unknown): IteratorResult<Instruction, unknown> {
  if (mode === THROW) return frame.gen!.throw(value)
  frame.state = UNWINDING
  return frame.gen!.return(RETURNED)
}

function prepareUnwind(task: TaskImpl): void {
  const target = reaching(task)
  if (target !== null) beginUnwind(task, target)
}

function frameName(task: TaskImpl): string {
  const { top } = task
  return top !== null && top.name !== 'a coroutine' ? top.name : task.name
}
