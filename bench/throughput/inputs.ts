/** The numbers from 0, as the inputs of a function that gives back what it is given. */
export function inputs(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i)
}

export function check(outputs: readonly unknown[], n: number): void {
  if (outputs.length !== n || outputs.some((output, i) => output !== i)) throw new Error('outputs are wrong')
}
