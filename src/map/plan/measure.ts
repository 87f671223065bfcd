import type { Usage } from '../../workers/index.js'

/** What one item of this function costs, as far as has been seen. */
export interface Measured {
  /** How many items it was taken from. */
  readonly items: number
  /** Milliseconds from its start to its end. */
  readonly wallMs: number
  /** Milliseconds that it keeps the event loop busy. */
  readonly activeMs: number
  /** Milliseconds of processor time, on whatever thread. */
  readonly cpuMs: number
}

/**
 * From the times of the items that have ended, and what the worker has used meanwhile: that is shared by all that had
 * begun by then.
 */
export function measure(wallMs: readonly number[], begun: number, from: Usage, to: Usage): Measured {
  const sharers = Math.max(begun, wallMs.length)
  return {
    items: wallMs.length,
    wallMs: median(wallMs),
    activeMs: (to.active - from.active) / sharers,
    cpuMs: (to.cpu - from.cpu) / sharers,
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}
