import spin from './work/spin.js'

/** How many rounds of `spin` take so many milliseconds here: a time, once measured, is then a fixed amount of work. */
export function roundsOf(ms: number): number {
  const tried = 1_000_000
  let best = Infinity
  for (let i = 0; i < 20; i++) {
    const start = performance.now()
    spin(tried)
    best = Math.min(best, performance.now() - start)
  }
  return Math.round((tried * ms) / best)
}
