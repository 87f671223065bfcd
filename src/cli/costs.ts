import { type Measuring, measureHere } from '../map/plan/costs-here.js'
import { keptCosts } from '../map/plan/kept-costs.js'

/** It takes about a second; this long only where nothing gets on. */
const PATIENCE_MS = 30_000
/** A run that takes longer does not notice it. */
const BESIDE_MS = 5000

/** Where nothing is known yet of what workers cost here, it is measured before anything is predicted: once a month. */
export async function costsFirst(): Promise<void> {
  if (keptCosts() !== null) return
  const measuring = measureHere(false)
  const late = setTimeout(measuring.end, PATIENCE_MS)
  await measuring.done
  clearTimeout(late)
}

/** The same beside a run, should it take longer; what this gives ends it. */
export function costsBeside(): () => void {
  let measuring: Measuring | null = null
  const timer = setTimeout(() => {
    if (keptCosts() === null) measuring = measureHere(true)
  }, BESIDE_MS)
  timer.unref()
  return () => {
    clearTimeout(timer)
    measuring?.end()
  }
}
