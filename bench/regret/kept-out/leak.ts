import spin from '../../throughput/work/spin.js'

const kept: Uint8Array[] = []

/** Keeps a megabyte of each item for good. */
export default function leak(rounds: number): number {
  kept.push(new Uint8Array(1 << 20).fill(kept.length))
  return spin(rounds)
}
