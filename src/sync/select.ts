import { type Co, checkpoint, type Task } from '../core/index.js'
import { contest, NEXT, Operation, type Won } from '../core/internal.js'
import { usage } from './errors.js'

type Operations = { readonly [name: string]: Co<any> | Task<any> }

/** Which operation happened, and what it gave. */
export type Selected<O extends Operations> = {
  [K in keyof O & string]: {
    readonly name: K
    readonly value: O[K] extends Task<infer T> ? T : Won<O[K]>
  }
}[keyof O & string]

/**
 * Waits for several operations, of which exactly one happens; in the moment in which it does, the others are
 * withdrawn. Where several can happen at once, the first named does. A task stands for its end.
 *
 * @example
 * const got = yield* select({ job: jobs.receive(), stop: stopped.wait(), idle: sleep(1000) })
 * if (got.name === 'job') yield* perform(got.value)
 * @throws what the operation throws; UsageError for anything but bare operations, and for none.
 */
export function select<const O extends Operations>(operations: O): Co<Selected<O>> {
  const names = Object.keys(operations)
  if (names.length === 0) throw usage.nothingToSelect()
  const list = names.map(name => operationOf(name, operations[name]))
  return contest<any>('select', list, true, () => place => {
    if (place.mode === NEXT) Object.assign(place, { value: { name: names[place.index], value: place.value } })
    return true
  })
}

function operationOf(name: string, given: unknown): Co<unknown> {
  // A checkpoint has no effect that could be lost.
  if (given === checkpoint()) return checkpoint()
  const operation = (given as Iterable<unknown> | null | undefined)?.[Symbol.iterator]?.()
  if (operation instanceof Operation) return operation
  throw usage.notAnOperation(name)
}
