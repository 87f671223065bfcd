const FIRST_MS = 100
const LONGEST_MS = 30_000

/** Milliseconds before the retry after so many failures: doubling, drawn from all that is below, so that retries spread. */
export function retryDelay(failures: number): number {
  return Math.random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1))
}
