import type { Measured } from './measure.js'

/**
 * What a function does with its time. `computes`: it keeps the loop busy with the processor. `blocks`: it keeps the
 * loop busy without (a synchronous driver, `execSync`). `pool`: the processor is busy and the loop is not (libuv's
 * threads: crypto, zlib). `waits`: neither. `mixed`: some of each.
 */
export type Nature = 'computes' | 'blocks' | 'pool' | 'waits' | 'mixed'

/** Above this share of its time the loop counts as busy, and below the other as free; between, the item does both. */
const BUSY = 0.7
const FREE = 0.15
/** Above this share of its time an item counts as using the processor. */
const USES_CPU = 0.5
/** What takes fewer milliseconds has waited for nothing; beside it the loop's time is mostly that of messages. */
export const INSTANT_MS = 0.05

export interface Classified {
  readonly nature: Nature
  /** Share of an item's time in which it keeps the event loop busy. */
  readonly busy: number
  /** Share of an item's time in which it uses a core, or wants one. */
  readonly cpu: number
}

/** Synchronous time alone is fooled by async functions that compute; the loop's and the processor's together are not. */
export function classify({ wallMs, activeMs, cpuMs, queuedMs, offLoop }: Measured): Classified {
  if (wallMs < INSTANT_MS) return { nature: 'computes', busy: 1, cpu: 1 }
  // Items that overlap share the loop: more than all of it nobody can have.
  const busy = Math.min(1, activeMs / wallMs)
  // What stands in line for a core computes, too: a machine that is shared does not make it a blocking call.
  const cpu = (cpuMs + queuedMs) / wallMs
  return { nature: natureOf(busy, cpu, offLoop), busy, cpu }
}

function natureOf(busy: number, cpu: number, offLoop: number): Nature {
  if (busy >= BUSY) return cpu >= USES_CPU ? 'computes' : 'blocks'
  if (busy > FREE) return 'mixed'
  return offLoop >= USES_CPU ? 'pool' : 'waits'
}
