import { drain } from './flow.js'
import { checkFunction, type Given } from './given.js'
import type { Sink } from './pipe.js'
import { reading } from './reading.js'

import { ScanFlow } from './scan.js'

/**
 * What becomes of a state over all items: `fn(state, item)`, beginning with `initial`.
 *
 * @example
 * yield* pipe([1, 2, 3], reduce((sum, n) => sum + n, 0)) // 6
 * @throws what `fn` throws; UsageError where it is no function.
 */
export function reduce<A, S>(
  fn: (state: S, item: A, signal: AbortSignal) => Given<S>,
  initial: S,
): Sink<A, S> {
  checkFunction('reduce', fn)
  return stream =>
    reading('reduce', stream.flow, function* (flow) {
      let state = initial
      yield* drain(new ScanFlow(flow, fn, initial), next => {
        state = next
      })
      return state
    })
}
