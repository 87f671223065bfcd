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
  /** How much of a processor was used meanwhile beyond what the loop used: by the threads behind it. */
  readonly offLoop: number
}

/** A loop that is busier than that has no time to begin one item while another waits. */
const SATURATED = 0.8

/**
 * From the times of the items that have ended, and what the worker has used meanwhile: that is shared by all that had
 * begun by then, unless the loop was busy all the time; then those that were handed over still stood in line.
 */
export function measure(wallMs: readonly number[], begun: number, from: Usage, to: Usage): Measured {
  const active = to.active - from.active
  const cpu = to.cpu - from.cpu
  const time = Math.max(0.001, active + to.idle - from.idle)
  const share = active / time
  const sharers = share > SATURATED ? wallMs.length : Math.max(begun, wallMs.length)
  return {
    items: wallMs.length,
    wallMs: median(wallMs),
    activeMs: active / sharers,
    cpuMs: cpu / sharers,
    offLoop: Math.max(0, cpu - active) / time,
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}
