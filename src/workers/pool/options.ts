import type { Co } from '../../core/index.js'
import type { SharedObjects } from '../share/shared.js'

/** How many workers a pool has, and what they are called. */
export interface PoolOptions {
  /** How many workers; as many as there are processor cores for this process unless given. */
  readonly workers?: number
  /** How many calls run at once in each worker; 1 unless given. More is for functions that wait. */
  readonly concurrency?: number
  /** What the pool is called in errors and dumps; the module's file unless given. */
  readonly name?: string
  /**
   * Bytes for each worker, no bound unless given. A process that has grown past it when a call has ended is replaced; one
   * that goes past it by a tenth while a call runs is killed, and the call fails with it. Of a thread it bounds the heap
   * only: Buffers are outside of it.
   */
  readonly memory?: number
  /** Shared objects by name, which `setup` gets as its argument. */
  readonly shared?: SharedObjects
}

/** What `statistics()` of a pool tells. */
export interface PoolStatistics {
  /** Workers that there are. */
  readonly workers: number
  /** Calls that are being run. */
  readonly running: number
  /** Calls for which there is no room yet. */
  readonly waiting: number
  /** Calls that have given a value, so far. */
  readonly ok: number
  /** Calls that have failed, so far. */
  readonly failed: number
  /** Workers that died without being asked to; each was replaced. */
  readonly deaths: number
}

type Callable = (...args: any[]) => unknown

type Names<M> = { [K in keyof M]: M[K] extends Callable ? K : never }[keyof M] & string

/** What a call gives: the value of a promise, a coroutine or a generator, or what the function returns. */
type Given<R> = R extends Generator<any, infer T, any> ? T : R extends PromiseLike<infer T> ? Awaited<T> : R

type Arguments<F> = F extends (...args: infer A) => unknown ? A : never
type Value<F> = F extends (...args: any[]) => infer R ? Given<R> : never

/** Workers that have loaded a module, and run its functions. */
export interface Pool<M> {
  /**
   * Runs an exported function in a worker. Arguments and value are copied, as structured clones. Cancelling the call
   * cancels it in the worker; a worker that is silent for a second then is killed and replaced.
   *
   * @throws what the function throws, as an error of the same class where that is one of JavaScript's; `DeathError`
   *   where its worker died, whose other calls fail with it; `TypeError` for an argument that cannot be cloned.
   */
  call<K extends Names<M>>(name: K, ...args: Arguments<M[K]>): Co<Value<M[K]>>
  /** What its workers do, and have done. */
  statistics(): PoolStatistics
  /** Cancels what still runs, lets each `teardown` run, and waits until the workers are gone. */
  [Symbol.asyncDispose](): Promise<void>
}
