import type { Usage } from '../../workers/worker.js'

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

/** From the times of each item, and what the worker has used from the first of them to the last. */
export function measure(wallMs: readonly number[], from: Usage, to: Usage): Measured {
  const items = wallMs.length
  return {
    items,
    wallMs: median(wallMs),
    activeMs: (to.active - from.active) / items,
    cpuMs: (to.cpu - from.cpu) / items,
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}
