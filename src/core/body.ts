import { isCoroutineFunction } from './co.js'
import { isThenable, usage } from './errors.js'
import { adopt, CoFrame, IS_CO } from './frame.js'
import type { BodyWith, Co, Coroutine } from './types.js'
import { Promised } from './wait.js'

/** Where a body's `AbortSignal` comes from, once it turns out to want one. */
interface SignalSource {
  readonly signal: AbortSignal
}

/** The frame of a body, not yet stepped. The body is called with `before`, then its signal. */
export function bodyFrame<T>(
  body: BodyWith<any[], T>,
  before: readonly unknown[],
  source: SignalSource,
): CoFrame<T> {
  if (typeof body === 'function') {
    if (!isCoroutineFunction(body)) return new CoFrame(plain(body, before, source)) as CoFrame<T>
    const made = body.length > before.length ? body(...before, source.signal) : body(...before)
    return made instanceof CoFrame ? made : new CoFrame(made as Coroutine<T>, body)
  }
  if (body instanceof CoFrame) return body[Symbol.iterator]()
  if (isCo(body)) return new CoFrame(delegate(body as Co<T>))
  if (isGenerator(body)) return adopt(body)
  throw usage.notABody(body)
}

export function isCo(value: unknown): value is Co<unknown> {
  return typeof value === 'object' && value !== null && IS_CO in value
}

function isGenerator(value: unknown): value is Coroutine<any> {
  return Object.prototype.toString.call(value) === '[object Generator]'
}

function* delegate<T>(co: Co<T>): Coroutine<T> {
  return yield* co
}

function* plain(
  fn: (...args: any[]) => any,
  before: readonly unknown[],
  source: SignalSource,
): Coroutine<any> {
  const signal = takesNothing(fn) ? null : source.signal
  const given = signal === null ? fn() : fn(...before, signal)
  if (isCo(given)) return yield* given
  if (isGenerator(given)) return yield* adopt(given, fn)
  if (isThenable(given)) return yield* new Promised(given, signal)
  return given
}

/** An arrow function that declares no parameter cannot look at its signal, so none is made for it. */
function takesNothing(fn: (...args: unknown[]) => unknown): boolean {
  return fn.length === 0 && /^(async\s*)?\(\s*\)\s*=>/.test(Function.prototype.toString.call(fn))
}
