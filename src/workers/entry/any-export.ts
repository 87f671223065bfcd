import { scope } from '../../core/index.js'

interface Call {
  readonly fn: string
  readonly args: readonly unknown[]
}

/** How long a call may go on after it was cancelled, in milliseconds; then it is nobody's any more. */
const GRACE = 1000

/** Calls whichever export the input names, as a task of its own. */
export function anyExport(exported: Record<string, unknown>): (call: unknown) => unknown {
  return call => {
    const { fn, args } = call as Call
    const callee = exported[fn]
    if (typeof callee !== 'function') {
      const functions = Object.keys(exported).filter(name => typeof exported[name] === 'function')
      throw new TypeError(
        `the module has no function "${fn}"; it exports ${functions.join(', ') || 'no function'}`,
      )
    }
    return scope(() => callee(...args), { grace: GRACE })
  }
}
