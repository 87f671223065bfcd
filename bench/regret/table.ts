import type { Plan, Result } from './result.js'
import { words } from './workload.js'

export const heading = row('workload', 'automatic', 'best', 'regret', 'best plan', 'plan chosen')

export function line({ name, automatic, best, regret, bestPlan, plan }: Result): string {
  return row(name, ms(automatic), ms(best), `${regret.toFixed(2)} ×`, words(bestPlan), chosen(plan))
}

export function geometricMean(results: readonly Result[]): number {
  return Math.exp(results.reduce((sum, { regret }) => sum + Math.log(regret), 0) / results.length)
}

function chosen({ executor, workers, concurrency, batch }: Plan): string {
  const place = executor === 'loop' ? 'loop' : `${workers} ${executor}`
  return `${place}${concurrency === 1 ? '' : ` × ${concurrency}`}${batch > 1 ? `, ${batch} a message` : ''}`
}

function ms(value: number): string {
  return `${(value / 1000).toFixed(2)} s`
}

function row(
  name: string,
  automatic: string,
  best: string,
  regret: string,
  plan: string,
  chosen: string,
): string {
  return [
    `  ${name.padEnd(14)}`,
    automatic.padStart(9),
    best.padStart(9),
    regret.padStart(9),
    `   ${plan.padEnd(24)}`,
    chosen,
  ].join('')
}
