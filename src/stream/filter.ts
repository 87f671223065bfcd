import { type Flow, isNone, type Pulled, type Taker, WAIT } from './flow.js'
import { checkFunction, type Given, Step } from './given.js'
import type { Stage } from './pipe.js'
import { Stream } from './stream.js'

/**
 * The items for which the function gives something true. A type guard narrows the type of what comes after it.
 *
 * @example
 * yield* pipe([1, 2, 3], filter(n => n > 1), toArray()) // [2, 3]
 * @throws UsageError where `test` is no function.
 */
export function filter<A, B extends A>(test: (item: A, index: number) => item is B): Stage<A, B>
export function filter<A>(test: (item: A, index: number, signal: AbortSignal) => Given<unknown>): Stage<A, A>
export function filter<A>(
  test: (item: A, index: number, signal: AbortSignal) => Given<unknown>,
): Stage<A, A> {
  checkFunction('filter', test)
  return stream => new Stream(line => new FilterFlow(stream.flow(line), test))
}

class FilterFlow<A> implements Flow<A>, Taker<unknown> {
  private readonly up: Flow<A>
  private readonly step: Step<A, number, unknown>
  private index = 0
  /** The item that a test is waited for. */
  private tested: { readonly item: A } | null = null
  private passes = false

  constructor(up: Flow<A>, test: (item: A, index: number, signal: AbortSignal) => Given<unknown>) {
    this.up = up
    this.step = new Step('filter', test)
  }

  pull(): Pulled<A> {
    const { tested } = this
    if (tested !== null) {
      this.tested = null
      if (this.passes) return tested.item
    }
    for (;;) {
      const item = this.up.pull()
      if (isNone(item)) return item
      const passes = this.step.call(item, this.index++, this)
      if (passes === WAIT) {
        this.tested = { item }
        return WAIT
      }
      if (passes) return item
    }
  }

  resume(passes: unknown): void {
    this.passes = Boolean(passes)
  }
}
