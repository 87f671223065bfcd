import type { Measured } from './measure.js'

/** What merely sends and receives keeps its loop busy for less, once it is compiled. */
const LEAST_MS = 0.5
/** As long as a function is being compiled, an item takes no more than such a share of what others took before. */
const FALLS_BELOW = 0.8

/**
 * Whether it is the function that keeps its loop busy, or still the compiler: looked at again and again, what an item takes
 * of the loop falls as long as there is something left to compile, and the function's own time is what remains.
 */
export class Settling {
  private least: number

  constructor({ items, activeMs }: Measured) {
    this.least = items > 0 ? activeMs : Infinity
  }

  /** What takes less is not asked about any more. */
  get isOpen(): boolean {
    return this.least >= LEAST_MS
  }

  /** True where it is the function. */
  saw({ activeMs }: Measured): boolean {
    const isSettled = activeMs >= Math.max(LEAST_MS, this.least * FALLS_BELOW)
    this.least = Math.min(this.least, activeMs)
    return isSettled
  }
}
