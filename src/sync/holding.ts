import type { Body, Co } from '../core/index.js'
import { bodyFrame, CoFrame, type Coroutine, combine, currentScope } from '../core/internal.js'

/** What can be taken by one, and given back. */
interface Takeable {
  acquire(): Co<void>
  release(): void
  with(body: Body<any>): Co<any>
}

/** Runs a body while something is held. */
export function holding<T>(what: Takeable, body: Body<T>): Co<T> {
  return new CoFrame(whileHeld(what, body), what.with)
}

function* whileHeld<T>(what: Takeable, body: Body<T>): Coroutine<T> {
  yield* what.acquire()
  const errors = new Set<unknown>()
  try {
    return yield* bodyFrame(body, [], currentScope('with()', 'call it in a coroutine'))
  } catch (error) {
    errors.add(error)
    throw error
  } finally {
    try {
      what.release()
    } catch (error) {
      // biome-ignore lint/correctness/noUnsafeFinally: an error of the body is kept beside it
      throw combine([...errors.add(error)])
    }
  }
}
