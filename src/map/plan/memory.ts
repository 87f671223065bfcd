import { freemem, totalmem } from 'node:os'

/** Below this share of what there is, memory is short. */
const SHORT = 0.05
const LEAST = 64 * 2 ** 20

/** Bytes that this process and its children may still take: by the machine, and by the cgroup (v2 and v1). */
export function availableMemory(): number {
  // Where no cgroup sets a bound, Node may give a number larger than any machine.
  return Math.min(process.availableMemory(), freemem())
}

export function isMemoryShort(available = availableMemory(), all = totalMemory()): boolean {
  return available < Math.max(LEAST, all * SHORT)
}

/** What there is in all: of the machine, or of the cgroup. */
export function totalMemory(): number {
  const bound = process.constrainedMemory()
  // No bound is undefined, 0, or a number larger than any machine.
  return Math.min(bound || Number.POSITIVE_INFINITY, totalmem())
}
