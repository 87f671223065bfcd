/** Two independent hashes of 32 bits, together enough to tell the inputs of a run apart. */
export interface Hash {
  readonly low: number
  readonly high: number
}

export function hash(text: string): Hash {
  let low = 0x9e3779b1
  let high = 0x85ebca6b ^ text.length
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    low = Math.imul(low ^ code, 0x01000193)
    high = Math.imul(high ^ code, 0x5bd1e995)
    high ^= high >>> 15
  }
  low = Math.imul(low ^ (low >>> 16), 0x7feb352d)
  return { low: low >>> 0, high: high >>> 0 }
}
