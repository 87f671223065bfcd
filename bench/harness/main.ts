import { mkdirSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type Comparison, compare } from './compare.js'
import { machine, versions } from './machine.js'
import type { Row } from './row.js'
import { table } from './table.js'

/** Runs the rows, prints each as it is done, and keeps all in results/NAME.json, unless `--only` left some out. */
export async function main(name: string, rows: readonly Row[], usualRounds: number): Promise<void> {
  const { rounds, only } = options(rows, usualRounds)
  const facts = machine()
  console.log(`${facts.cpu}, ${facts.cores} cores, Node ${facts.node.slice(1)}`)
  console.log(
    `${Object.entries(versions())
      .map(pair => pair.join(' '))
      .join(', ')}; at most ${rounds} rounds\n`,
  )
  const done: Comparison[] = []
  for (const row of rows) {
    if (only !== undefined && !only.includes(row.name)) continue
    const comparison = await compare(row, Math.min(rounds, row.rounds ?? rounds))
    console.log(table(comparison))
    done.push(comparison)
  }
  const limited = done.filter(({ isMet }) => isMet !== undefined)
  const missed = limited.filter(({ isMet }) => !isMet)
  console.log(
    `${limited.length - missed.length} of ${limited.length} limits met${missed.map(({ row }, i) => `${i === 0 ? '; missed: ' : ', '}${row.name}`).join('')}`,
  )
  if (only === undefined) console.log(`kept in ${keep(name, done)}`)
}

function options(rows: readonly Row[], usualRounds: number): { rounds: number; only: string[] | undefined } {
  const { values } = parseArgs({
    options: { rounds: { type: 'string' }, only: { type: 'string', multiple: true } },
  })
  const rounds = values.rounds === undefined ? usualRounds : Number(values.rounds)
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes a whole number of 1 or more')
  const names = rows.map(row => row.name)
  const unknown = values.only?.find(name => !names.includes(name))
  if (unknown !== undefined) throw new Error(`--only ${unknown}: there is ${names.join(', ')}`)
  return { rounds, only: values.only }
}

function keep(name: string, done: readonly Comparison[]): string {
  const results = new URL('../../results/', import.meta.url)
  mkdirSync(results, { recursive: true })
  const rows = done.map(({ row: { name, job, unit, limit }, baseline, figures, isMet }) => ({
    name,
    job,
    unit,
    baseline,
    limit,
    isMet,
    contestants: Object.fromEntries(figures),
  }))
  const all = { name, date: new Date().toISOString(), machine: machine(), versions: versions(), rows }
  const numbers = (_key: string, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(5)) : value
  writeFileSync(new URL(`${name}.json`, results), `${JSON.stringify(all, numbers, 2)}\n`)
  return `bench/results/${name}.json`
}
