import type { ErrorRecord } from '../errors/record.js'
import type { LoadProblem } from '../load-error.js'
import type { SharedObjects } from '../share/shared.js'
import type { UserFunction } from './sink.js'

/** The user's module, ready to be called. */
export interface UserModule {
  readonly fn: UserFunction
  readonly options: unknown
  readonly resource: unknown
  readonly loadMs: number
  readonly setupMs: number
  teardown(): unknown
}

/** Imports the module, picks its function and runs its `setup`; or says why that cannot be. */
export async function loadModule(
  code: string,
  exportName: string,
  shared: SharedObjects,
  encodeError: (thrown: unknown) => ErrorRecord,
): Promise<UserModule | LoadProblem> {
  const began = performance.now()
  let exported: Record<string, unknown>
  try {
    exported = exportsOf(await import(code))
  } catch (error) {
    return { stage: 'import', error: encodeError(error), exports: [] }
  }
  const loadMs = performance.now() - began
  const exports = Object.keys(exported)
  let fn: unknown
  if (exportName === '*') {
    const { anyExport } = await import('./any-export.js')
    fn = anyExport(exported)
  } else {
    if (!(exportName in exported)) return { stage: 'missing', exports }
    fn = exported[exportName]
    const found = notCallable(fn)
    if (found !== undefined) return { stage: 'not-a-function', found, exports }
  }
  let resource: unknown
  const setupBegan = performance.now()
  if (typeof exported.setup === 'function') {
    try {
      resource = await exported.setup(shared)
    } catch (error) {
      return { stage: 'setup', error: encodeError(error), exports }
    }
  }
  const { teardown } = exported
  return {
    fn: fn as UserFunction,
    options: exported.options,
    resource,
    loadMs,
    setupMs: performance.now() - setupBegan,
    teardown: () => (typeof teardown === 'function' ? teardown(resource) : undefined),
  }
}

/** The bundle exports the user's module as `module`. Of CommonJS that is `{ default: module.exports, … }`. */
function exportsOf(bundle: { module?: object }): Record<string, unknown> {
  const { 'module.exports': _, ...own } = { ...bundle.module } as Record<string, unknown>
  const inner = own.default as Record<string, unknown> | null | undefined
  if (typeof inner !== 'object' || inner === null) return own
  // Compiled to CommonJS, or written so: the default export is a property there.
  if ('__esModule' in inner || typeof inner.default === 'function') return { ...own, ...inner }
  // A file that neither imports nor exports passes for CommonJS, and has nothing to offer.
  const isEmpty = Object.getPrototypeOf(inner) === Object.prototype && Object.keys(inner).length === 0
  return isEmpty && Object.keys(own).length === 1 ? {} : own
}

function notCallable(value: unknown): string | undefined {
  if (typeof value === 'function')
    return /^class\b/.test(Function.prototype.toString.call(value)) ? 'a class' : undefined
  if (value === null || value === undefined) return String(value)
  if (Array.isArray(value)) return 'an array'
  if (value instanceof Promise) return 'a promise'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
