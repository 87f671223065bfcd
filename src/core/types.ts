import type { CancelledError } from './errors.js'
import type { Task } from './task.js'

declare const instruction: unique symbol

/** What a coroutine body yields to the runtime. Opaque: only `yield*` of a `Co` makes one. */
export interface Instruction {
  readonly [instruction]: never
}

/**
 * Something that can be waited for, once: what a coroutine function returns, or an operation such as
 * `sleep(10)`. Inside a coroutine write `yield* co`; in async code `await co` runs it as a root task.
 *
 * @throws UsageError where it is used twice.
 */
export interface Co<out T> extends PromiseLike<T> {
  [Symbol.iterator](): Iterator<Instruction, T, any>
}

/** A generator whose frame the runtime can own. */
export type Coroutine<T> = Generator<Instruction, T, any>

type Result<T> = Coroutine<T> | Co<T> | PromiseLike<T> | T

/**
 * What `run`, `spawn`, `scope`, `timeout` and the others take: a coroutine, or a function that is a generator,
 * async or plain; a plain function may return a `Co`.
 */
export type BodyWith<A extends unknown[], T> = Co<T> | Coroutine<T> | ((...args: A) => Result<T>)

/** A body that gets nothing but its `AbortSignal`, which is aborted when the body is cancelled. */
export type Body<T> = BodyWith<[signal: AbortSignal], T>

/** How a task or a scope ended. */
export type Exit<T> =
  | { readonly status: 'ok'; readonly value: T }
  | { readonly status: 'failed'; readonly error: unknown }
  | { readonly status: 'cancelled'; readonly reason: CancelledError }

/** How a child is started. */
export interface SpawnOptions {
  /** What the task is called in errors and dumps; the name of its function unless given. */
  readonly name?: string
  /** A daemon does not keep its scope open: it is cancelled when the body and the other children have ended. */
  readonly daemon?: boolean
}

/** What bounds a scope. */
export interface ScopeOptions {
  /** What the scope is called in errors and dumps. */
  readonly name?: string
  /** Milliseconds after which the scope is cancelled and throws `TimeoutError`. None by default. */
  readonly timeout?: number
  /** Milliseconds that cleanup may take once the scope is cancelled; then `GraceError`. No bound by default. */
  readonly grace?: number
  /** Whether a failing child cancels the body and the other children. True by default. */
  readonly failFast?: boolean
}

/** Where tasks live: it ends only when everything in it has ended. */
export interface Scope {
  /** What it is called in errors and dumps. */
  readonly name: string
  /** Starts a child of this scope; also from outside any task. Throws `UsageError` once the scope has ended. */
  spawn<T>(body: Body<T>, options?: SpawnOptions): Task<T>
  /** Starts a child and waits until it calls `ready(value)`; gives that value. */
  start<V>(
    body: BodyWith<[ready: (value: V) => void, signal: AbortSignal], unknown>,
    options?: SpawnOptions,
  ): Co<V>
  /** Cancels the body and all children; the scope then throws `CancelledError` at its caller. */
  cancel(reason?: unknown): void
  /** When the scope is cancelled, in milliseconds of `now()`; `Infinity` for never. May be moved. */
  deadline: number
  /** Calls `fn` when the body and the children have ended; last in, first out; never cut by a cancellation. */
  defer(fn: (exit: Exit<unknown>) => unknown): void
  /** The children that have not ended. */
  readonly tasks: Iterable<Task<unknown>>
}
