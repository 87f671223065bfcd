import type { Usage } from '../../workers/internal.js'
import { type Costs, USUAL } from './costs.js'

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
  /** Milliseconds that its loop wanted a core and had none: others use this machine, or the cgroup's quota was used up. */
  readonly queuedMs: number
  /** How much of a processor was used, or wanted, meanwhile beyond what the loop used: by the threads behind it. */
  readonly offLoop: number
  /** Milliseconds that a worker took to load the module and to run its `setup`; 0 unless given. */
  readonly loadMs?: number
  /** What one takes there and back, as far as that can be told: bytes of text, or of JSON; 0 unless given. */
  readonly bytes?: number
}

/** What the compiler's threads may use while the first items run, beside whatever these do themselves. */
const COMPILING_MS = 150

/**
 * From the times of the items that have ended, and what the worker has used meanwhile. Those that have begun and not
 * ended have had their share of that too: about half of it.
 */
export function measure(
  wallMs: readonly number[],
  from: Usage,
  to: Usage,
  bytes = 0,
  costs: Costs = USUAL,
): Measured {
  const active = to.active - from.active
  const cpu = to.cpu - from.cpu
  const queued = to.queued - from.queued
  const time = Math.max(0.001, active + to.idle - from.idle)
  const ended = wallMs.length
  const sharers = ended + Math.max(0, to.begun - from.begun - ended) / 2
  return {
    items: ended,
    wallMs: median(wallMs),
    // The loop was busy with starting up, too; no item can have kept it busy for longer than it and its way took.
    activeMs: Math.min(active / sharers, mean(wallMs) + (bytes / 1e6) * costs.megabyteThereMs),
    bytes,
    cpuMs: cpu / sharers,
    queuedMs: queuedOfLoop(from, to) / sharers,
    offLoop: offLoop(cpu + queued - (to.loopQueued - from.loopQueued) - COMPILING_MS, active, time),
  }
}

/**
 * Milliseconds that the loop had no core. Others that start at the same time keep the threads behind it waiting for long,
 * which is nothing to its items; of the loop of a thread it is not told, so there all threads must do.
 */
export function queuedOfLoop(from: Usage, to: Usage): number {
  return to.loopQueued > 0 ? to.loopQueued - from.loopQueued : to.queued - from.queued
}

/**
 * From milliseconds of processor time used or waited for, without what the loop waited for: it was busy then, or about to
 * be. Behind a busy loop other threads collect its garbage: that is no work of the function's.
 */
export function offLoop(used: number, active: number, time: number): number {
  const behind = Math.max(0, used - active)
  return behind > active ? behind / time : 0
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}
