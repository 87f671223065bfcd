/** Computes for so many rounds, and gives something that depends on all of them. */
export default function spin(rounds: number): number {
  let x = 1
  for (let i = 0; i < rounds; i++) x = (Math.imul(x, 1664525) + 1013904223) | 0
  return x
}
