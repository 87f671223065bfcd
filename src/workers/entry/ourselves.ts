import Module from 'node:module'
import { fileURLToPath } from 'node:url'

/** The function behind `require.resolve`, which has no public name. Whoever loads other languages replaces it. */
interface Resolver {
  _resolveFilename(request: string, ...rest: unknown[]): string
}

/**
 * `require('omakase')` gives the package that this worker runs, not another copy of it or none. (Modules of the other
 * kind are bundled, and have its address in them.)
 */
export function resolveOurselves(): void {
  const resolver = Module as unknown as Resolver
  const original = resolver._resolveFilename
  resolver._resolveFilename = function (request, ...rest) {
    if (!/^omakase(\/|$)/.test(request)) return original.call(this, request, ...rest)
    return fileURLToPath(import.meta.resolve(request))
  }
}
