import type { Checks } from './checks.js'
import type { Hooks } from './instrument.js'
import type { TaskImpl } from './task.js'
import type { Coroutine, Instruction } from './types.js'

/**
 * The registers of the runtime. A coroutine yields one and the same instruction always; what it asks for stands
 * here, so that a switch allocates nothing.
 */
export const machine = {
  /** The task that is being stepped. */
  task: null as TaskImpl | null,
  /** Calls that were stepped in place, one inside the other, since the loop stepped a frame. */
  depth: 0,
  /** Operations that completed in place since the task was taken from the run queue. */
  streak: 0,
  /** What the task wants from the loop: PARK, AGAIN or GO. */
  request: 0,
  /** What the instruments want to be told; null where there is none. */
  hooks: null as Hooks | null,
  /** What debug mode wants to be told; null where it is off. */
  checks: null as Checks | null,
}

/** The task waits; whoever wakes it puts it into the run queue. */
export const PARK = 0
/** To the back of the run queue. */
export const AGAIN = 1
/** Go on at once with `task.mode` and `task.value` on the top frame. */
export const GO = 2

/** How a frame is resumed. */
export const NEXT = 0
export const THROW = 1
export const RETURN = 2
/** Not a way to resume: begin to unwind, for the cancellation that reaches the task. */
export const UNWIND = 3

/** Longer chains of calls go through the loop, so that the native stack stays shallow. */
export const MAX_DEPTH = 200

/** An operation that is ready completes in place at most this often in a row. */
export const MAX_STREAK = 128

export const INSTRUCTION = Object.freeze({}) as Instruction

export const YIELDED: IteratorYieldResult<Instruction> = { done: false, value: INSTRUCTION }

export function yielded(request: number): IteratorYieldResult<Instruction> {
  machine.request = request
  return YIELDED
}

/**
 * The `next` of every generator. Each generator function gives its generators a prototype of their own, so that looking
 * `next` up on them costs a tenth of a switch.
 */
export const advance: Coroutine<any>['next'] = Object.getPrototypeOf(function* () {}).prototype.next
