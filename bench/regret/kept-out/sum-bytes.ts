/** A large input, a small output, and a few milliseconds of CPU between. */
export default function sumBytes(bytes: Uint8Array): number {
  let sum = 0
  for (let round = 0; round < 4; round++) for (const byte of bytes) sum = (sum * 31 + byte) | 0
  return sum
}
