/** Asked for with `--quick`: whether everything runs, and what it comes to by and large. */
export const isQuick = process.argv.includes('--quick')

/** How much a contestant has to do: a tenth of it where it is to be quick. */
export function size(n: number): number {
  return isQuick ? Math.ceil(n / 10) : n
}
