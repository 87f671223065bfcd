import type { Won } from './contest.js'
import { Crew } from './crew.js'
import { checkCount, usage } from './errors.js'
import { machine } from './machine.js'
import { ScopeImpl } from './scope.js'
import type { TaskImpl } from './task.js'
import type { Body, Co, Coroutine, Exit, Scope } from './types.js'

/** How many bodies or items run at once. */
export interface ConcurrencyOptions {
  /** How many may run at once; no bound unless given for `all`, one for `forEach`. */
  readonly concurrency?: number
}

type Bodies = readonly Body<any>[] | { readonly [key: string]: Body<any> }

/** The values of a tuple or record of bodies. */
export type Values<B> = { -readonly [K in keyof B]: Won<B[K]> }
/** The exits of a tuple or record of bodies. */
export type Exits<B> = { -readonly [K in keyof B]: Exit<Won<B[K]>> }

/**
 * Runs all bodies at once and gives their values, in the shape in which the bodies were given. The first failure
 * cancels the others, and is thrown when they have cleaned up. With `concurrency` the iterable is pulled as places
 * become free.
 *
 * @example
 * const load = co(function* (id: number) {
 *   yield* sleep(id)
 *   return `item ${id}`
 * })
 * yield* all([load(1), load(2)]) // ['item 1', 'item 2']
 * yield* all({ user: load(7), post: load(8) }) // { user: 'item 7', post: 'item 8' }
 * yield* all([1, 2, 3].map(id => () => load(id)), { concurrency: 2 }) // ['item 1', 'item 2', 'item 3']
 * @throws the first error, or ScopeError with all that arrived together; UsageError unless `concurrency` is
 *   a whole number of 1 or more, or Infinity.
 * @see `Promise.all`
 */
export function all<B extends readonly Body<any>[]>(
  bodies: readonly [...B],
  options?: ConcurrencyOptions,
): Co<Values<B>>
export function all<T>(bodies: Iterable<Body<T>>, options?: ConcurrencyOptions): Co<T[]>
export function all<B extends { readonly [key: string]: Body<any> }>(
  bodies: B,
  options?: ConcurrencyOptions,
): Co<Values<B>>
export function all(bodies: Bodies | Iterable<Body<any>>, options?: ConcurrencyOptions): Co<any> {
  return gather('all', bodies, options, (task, keep) => {
    keep(task.value)
    return false
  })
}

/**
 * As `all`, but waits for every one, and tells how each ended.
 *
 * @example
 * const fails = () => Promise.reject(new Error('no answer'))
 * const exits = yield* allSettled([() => 'value', fails])
 * exits.map(exit => exit.status) // ['ok', 'failed']
 * @throws UsageError unless `concurrency` is a whole number of 1 or more, or Infinity.
 * @see `Promise.allSettled`
 */
export function allSettled<B extends readonly Body<any>[]>(
  bodies: readonly [...B],
  options?: ConcurrencyOptions,
): Co<Exits<B>>
export function allSettled<T>(bodies: Iterable<Body<T>>, options?: ConcurrencyOptions): Co<Exit<T>[]>
export function allSettled<B extends { readonly [key: string]: Body<any> }>(
  bodies: B,
  options?: ConcurrencyOptions,
): Co<Exits<B>>
export function allSettled(bodies: Bodies | Iterable<Body<any>>, options?: ConcurrencyOptions): Co<any> {
  return gather('allSettled', bodies, options, (task, keep) => {
    keep(task.exit())
    return true
  })
}

/** Keeps what became of a task; answers whether a failure is thereby taken care of. */
type Collect = (task: TaskImpl, keep: (value: unknown) => void) => boolean

function gather(
  what: string,
  bodies: Bodies | Iterable<Body<any>>,
  options: ConcurrencyOptions = {},
  collect: Collect,
): Co<any> {
  const concurrency = checkCount(`${what}: concurrency`, options.concurrency ?? Infinity)
  if (typeof bodies !== 'object' || bodies === null)
    throw usage.instead(what, bodies, 'an iterable of bodies, or an object of them')
  const isRecord = !(Symbol.iterator in bodies)
  const list = isRecord ? Object.values(bodies) : (bodies as Iterable<Body<any>>)
  if (Array.isArray(list)) machine.checks?.handed(list)
  const body = function* (scope: Scope): Coroutine<any> {
    const crew = new Crew(scope as ScopeImpl, concurrency)
    const keys = isRecord ? Object.keys(bodies) : []
    // The keys stand in the order in which they were given, not in which the bodies end.
    const values: any = isRecord ? Object.fromEntries(keys.map(key => [key, undefined])) : []
    let count = 0
    for (const body of list) {
      const key = isRecord ? keys[count]! : count
      count++
      crew.start(body, task => collect(task, value => (values[key] = value)))
      if (concurrency !== Infinity) yield* crew.room()
    }
    // They are all awaited by the scope; what they gave is in its place by then.
    if (!isRecord) values.length = count
    return values
  }
  return new ScopeImpl('scope', body, { name: what })
}
