import type { CancelledError } from './errors.js'

declare const instruction: unique symbol

/** What a coroutine body yields to the runtime. Opaque: only `yield*` of a `Co` makes one. */
export interface Instruction {
  readonly [instruction]: never
}

/**
 * Something that can be waited for, once: what a coroutine function returns, or an operation such as
 * `sleep(10)`. Inside a coroutine write `yield* co`; in async code `await co` runs it as a root task.
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
