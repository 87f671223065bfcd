import { deadline } from '../core/index.js'
import { type Locals, machine, timersOf } from '../core/internal.js'
import { uncloneable } from './uncloneable.js'

/** What of the task that calls goes along to the task there. */
export interface Carried {
  /** When the call is cancelled here, by `performance.now()`; Infinity for never. */
  readonly due: number
  readonly locals: CarriedLocals | undefined
}

/** By name: there, the `Local` is another object. */
export type CarriedLocals = readonly (readonly [name: string, value: unknown])[]

/** Of the task that runs now. */
export function carried(): Carried {
  const { task } = machine
  // A virtual clock says nothing about the time elsewhere.
  const due = task !== null && task.timers === timersOf(undefined) ? deadline() : Infinity
  return { due, locals: carriedLocals() }
}

/** Locals are replaced and never changed, so what has been looked at once need not be again. */
const known = new WeakMap<Locals, CarriedLocals>()

/** The task-locals of the task that runs now, but for those that cannot be cloned. */
export function carriedLocals(): CarriedLocals | undefined {
  const locals = machine.task?.locals
  if (locals === undefined || locals === null) return undefined
  let list = known.get(locals)
  if (list === undefined) {
    const named = new Map<string, unknown>()
    for (const [key, value] of locals) if (typeof key === 'string') named.set(key, value)
    for (const [key, value] of locals) if (typeof key !== 'string') named.set(key.name, value)
    list = [...named].filter(([, value]) => uncloneable(value, '') === undefined)
    known.set(locals, list)
  }
  return list.length === 0 ? undefined : list
}
