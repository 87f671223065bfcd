import { usage } from './errors.js'
import { adopt, CoFrame, MADE_BY } from './frame.js'
import type { Co, Coroutine } from './types.js'

/** What `co` made: its calls give a `Co`, and it takes a signal only where it declares the parameter. */
const coroutineFunctions = new WeakSet<object>()

export function isCoroutineFunction(fn: object): boolean {
  return coroutineFunctions.has(fn) || Object.getPrototypeOf(fn) === GeneratorFunction
}

const GeneratorFunction = Object.getPrototypeOf(function* () {})

/**
 * Makes a coroutine function from a generator function. Its call returns a `Co`, which does nothing until it is
 * waited for: `yield* helper()` in a coroutine, `await helper()` in async code. Also a method decorator.
 *
 * @example
 * const pause = co(function* (ms: number) {
 *   yield* sleep(ms)
 *   return 'rested'
 * })
 * await pause(10) // 'rested'
 * @throws UsageError for anything but a generator function.
 */
export function co<This, A extends unknown[], T>(
  fn: (this: This, ...args: A) => Coroutine<T>,
  context: ClassMethodDecoratorContext<This, (this: This, ...args: A) => Coroutine<T>>,
): (this: This, ...args: A) => Coroutine<T>
export function co<This, A extends unknown[], T>(
  fn: (this: This, ...args: A) => Coroutine<T>,
): (this: This, ...args: A) => Co<T>
export function co<This, A extends unknown[], T>(fn: (this: This, ...args: A) => Coroutine<T>): unknown {
  if (typeof fn !== 'function' || Object.getPrototypeOf(fn) !== GeneratorFunction)
    throw usage.notAGenerator('co', fn)
  // A call by the inner name gives a bare generator; `yield*` asks it for its iterator, and gets an owned frame.
  if (!Object.hasOwn(fn.prototype, MADE_BY)) {
    Object.defineProperty(fn.prototype, MADE_BY, { value: fn })
    Object.defineProperty(fn.prototype, Symbol.iterator, {
      value(this: Coroutine<T>) {
        return adopt(this)
      },
    })
    Object.defineProperty(fn.prototype, 'then', {
      value(this: Coroutine<T>, ...handlers: Parameters<Co<T>['then']>) {
        return adopt(this).then(...handlers)
      },
    })
  }
  const coroutine = function (this: This, ...args: A): Co<T> {
    return new CoFrame(fn.apply(this, args))
  }
  Object.defineProperty(coroutine, 'name', { value: fn.name, configurable: true })
  Object.defineProperty(coroutine, 'length', { value: fn.length, configurable: true })
  coroutineFunctions.add(coroutine)
  return coroutine
}
