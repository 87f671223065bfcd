import { machine, YIELDED } from '../../core/internal.js'
import { at, report } from '../report.js'
import { capture, lineOf } from '../sites.js'

const prototype: any = Object.getPrototypeOf(function* () {}).prototype

/**
 * Reports where a coroutine delegates to a generator that `co` has not made. Only of those that yield what the runtime
 * gives: a generator of data is nobody's concern.
 */
export function watchDelegation(): () => void {
  const reported = new Set<string>()
  Object.defineProperty(prototype, Symbol.iterator, {
    configurable: true,
    writable: true,
    value: function iterate(this: any) {
      if (machine.task !== null && !Object.hasOwn(this, 'next')) {
        const site = capture(iterate)
        // What the runtime delegates to is its own business.
        if (site.isDirect && site.frames.length > 0) tap(this, site)
      }
      return this
    },
  })
  function tap(gen: any, site: ReturnType<typeof capture>): void {
    const next = (sent: unknown): unknown => {
      const result = prototype.next.call(gen, sent)
      if (result !== YIELDED) return result
      delete gen.next
      const line = lineOf(site)
      if (reported.has(String(line))) return result
      reported.add(String(line))
      report(
        `"${machine.task?.name}" delegates to a generator that is not wrapped in co()${at('with `yield*`', line)}; write co(function* …), or its cleanup is cut short by a cancellation`,
      )
      return result
    }
    Object.defineProperty(gen, 'next', { configurable: true, value: next })
  }
  return () => {
    delete prototype[Symbol.iterator]
  }
}
