import { type Flow, isNone, type Pulled, type Taker, WAIT } from './flow.js'
import { checkFunction, type Given, Step } from './given.js'
import type { Stage } from './pipe.js'
import { Stream } from './stream.js'

/**
 * For each item, what has become of the state: `fn(state, item)`, beginning with `initial`, which is not given itself.
 *
 * @example
 * yield* pipe([1, 2, 3], scan((sum, n) => sum + n, 0), toArray()) // [1, 3, 6]
 * @throws UsageError where `fn` is no function.
 */
export function scan<A, S>(
  fn: (state: S, item: A, signal: AbortSignal) => Given<S>,
  initial: S,
): Stage<A, S> {
  checkFunction('scan', fn)
  return stream => new Stream(line => new ScanFlow(stream.flow(line), fn, initial))
}

export class ScanFlow<A, S> implements Flow<S>, Taker<S> {
  private readonly up: Flow<A>
  private readonly step: Step<S, A, S>
  private state: S
  private isNew = false

  constructor(up: Flow<A>, fn: (state: S, item: A, signal: AbortSignal) => Given<S>, initial: S) {
    this.up = up
    this.step = new Step('scan', fn)
    this.state = initial
  }

  pull(): Pulled<S> {
    if (this.isNew) {
      this.isNew = false
      return this.state
    }
    const item = this.up.pull()
    if (isNone(item)) return item
    const state = this.step.call(this.state, item, this)
    if (state !== WAIT) this.state = state
    return state
  }

  resume(state: S): void {
    this.state = state
    this.isNew = true
  }
}
