import { scope } from '../../core/index.js'
import { machine } from '../../core/internal.js'
import type { PoolInput } from '../pool/input.js'

/** How long a call may go on after it was cancelled, in milliseconds; then it is nobody's any more. */
const GRACE = 1000

/** Calls whichever export the input names, as a task of its own that goes on the one that called. */
export function anyExport(exported: Record<string, unknown>): (call: unknown) => unknown {
  return call => {
    const { fn, args, left, locals } = call as PoolInput
    const callee = exported[fn]
    if (typeof callee !== 'function') {
      const functions = Object.keys(exported).filter(name => typeof exported[name] === 'function')
      throw new TypeError(
        `the module has no function "${fn}"; it exports ${functions.join(', ') || 'no function'}`,
      )
    }
    return scope(
      () => {
        if (locals !== undefined) machine.task!.locals = new Map(locals)
        return callee(...args)
      },
      { name: fn, grace: GRACE, ...(left !== undefined && { timeout: left }) },
    )
  }
}
