import { bodyFrame, isCo } from './body.js'
import { checkFunction, usage } from './errors.js'
import { CoFrame } from './frame.js'
import { ScopeImpl } from './scope.js'
import { currentScope } from './task.js'
import type { Body, Co, Coroutine, Exit } from './types.js'

/** Something that knows how to give itself back. */
export interface Releasable {
  [Symbol.dispose]?(): void
  [Symbol.asyncDispose]?(): PromiseLike<void>
}

/**
 * Acquires a resource for the innermost scope, and releases it when that has ended: last in, first out, after its
 * children, once. Acquiring and registering the release are one step: no cancellation can come between them.
 *
 * @param acquire gives the resource; or the resource itself, where it is disposable.
 * @param release gives it back; not needed where the resource is disposable.
 * @example
 * import { open } from 'node:fs/promises'
 * const file = yield* use(() => open('notes.txt'), file => file.close())
 * yield* wait(file.readFile('utf8')) // 'one\ntwo\n'
 * @throws what `acquire` throws; UsageError where the resource is not disposable and no `release` is given.
 * @see Effect's `acquireRelease`; Python's `with`
 */
export function use<T>(acquire: Body<T>, release: (resource: T, exit: Exit<unknown>) => unknown): Co<T>
export function use<T extends Releasable>(acquire: Body<T> | T): Co<T>
export function use<T>(acquire: Body<T> | T, release?: (resource: T, exit: Exit<unknown>) => unknown): Co<T> {
  if (release !== undefined) checkFunction('use: release', release)
  return new CoFrame(acquiring(acquire, release))
}

function* acquiring<T>(
  acquire: Body<T> | T,
  release: ((resource: T, exit: Exit<unknown>) => unknown) | undefined,
): Coroutine<T> {
  const scope = currentScope('use()', 'call it in a coroutine')
  if (acquire instanceof ScopeImpl) acquire.asAcquisition()
  const resource = isBody(acquire) ? yield* bodyFrame<T>(acquire, [], scope) : acquire
  scope.deferCall(release ?? disposal(resource), resource)
  return resource
}

function isBody<T>(acquire: Body<T> | T): acquire is Body<T> {
  return (
    typeof acquire === 'function' ||
    isCo(acquire) ||
    Object.prototype.toString.call(acquire) === '[object Generator]'
  )
}

// Node 18 and 20 know the symbols in part; where the platform has none there is nothing to look for.
function disposal(resource: unknown): (resource: any) => unknown {
  const { asyncDispose, dispose } = Symbol
  for (const symbol of [asyncDispose, dispose]) {
    if (symbol !== undefined && typeof (resource as Record<symbol, unknown> | null)?.[symbol] === 'function')
      return given => given[symbol]()
  }
  throw usage.notDisposable(resource)
}
