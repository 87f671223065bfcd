import type { Contestant } from './row.js'

/** Nanoseconds for each of `n` operations. */
export function each(n: number, job: (n: number) => PromiseLike<unknown>): Contestant {
  return async () => {
    const start = performance.now()
    await job(n)
    return ((performance.now() - start) * 1e6) / n
  }
}

/** Milliseconds for the whole job. */
export function whole(job: () => PromiseLike<unknown>): Contestant {
  return async () => {
    const start = performance.now()
    await job()
    return performance.now() - start
  }
}

/** As `each`, but only the part after `setUp` counts; what that made is handed on. */
export function eachAfter<S>(
  n: number,
  setUp: (n: number) => Promise<S>,
  job: (made: S) => PromiseLike<unknown>,
): Contestant {
  return async () => {
    const made = await setUp(n)
    const start = performance.now()
    await job(made)
    return ((performance.now() - start) * 1e6) / n
  }
}
