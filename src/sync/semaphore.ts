import { Permits } from './limiter.js'

/**
 * At most `permits` may hold it at once; first come, first served.
 *
 * @example
 * const connections = new Semaphore(10)
 * yield* connections.with(() => sleep(10))
 * connections.statistics().held // 0
 * @throws UsageError unless `permits` is a whole number of 1 or more, or Infinity.
 * @see trio's `Semaphore`
 */
export class Semaphore extends Permits {
  /** For so many at once. */
  constructor(permits: number) {
    super('Semaphore', permits)
  }
}
