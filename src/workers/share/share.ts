import { proxy, type Shared } from './shared.js'

/**
 * An object that stays here, for workers to use: hand over what this gives, as an argument, inside of one, or in the
 * option `shared`. In the worker, and here, each method and property of it is a promise.
 *
 * It answers as long as the workers live, also while they are being stopped; one call at a time where its methods are
 * synchronous, so that no lock is needed. What it throws is thrown there.
 *
 * @example
 * const seen = new Set<string>()
 * const urls = share({ isNew: (url: string) => !seen.has(url) && seen.add(url).size > 0 })
 * const pool = yield* use(threads<typeof import('./crawl.js')>(new URL('./crawl.js', import.meta.url), { workers: 1 }))
 * yield* pool.call('visit', 'https://example.com', urls) // 'visited'
 * yield* pool.call('visit', 'https://example.com', urls) // 'seen before'
 * @see Python's `multiprocessing.managers`
 */
export function share<T extends object>(object: T): Shared<T> {
  return proxy(async (key, args) => use(object, key, args)) as Shared<T>
}

/** What every object has is not meant, and `constructor` is a way to anything. */
function use(object: object, key: string, args: readonly unknown[] | undefined): unknown {
  const value = key in Object.prototype ? undefined : (object as Record<string, unknown>)[key]
  if (args === undefined) return value
  if (typeof value !== 'function') throw new TypeError(`the shared object has no method ${key}()`)
  return value.apply(object, args)
}
