import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { Comparison } from './compare.js'
import { machine, versions } from './machine.js'
import { peerVersions } from './peer.js'

export interface Recorded {
  readonly rows: readonly {
    readonly name: string
    readonly isMet?: boolean
    readonly contestants: { readonly [name: string]: { readonly ratio: number } }
  }[]
}

/** The last whole run. */
export function recorded(name: string): Recorded {
  if (!existsSync(file(name))) throw new Error(`no run is recorded yet: npm run bench -- ${name}`)
  return JSON.parse(readFileSync(file(name), 'utf8'))
}

/** Gives the file in which they are kept. */
export async function keep(name: string, done: readonly Comparison[]): Promise<string> {
  mkdirSync(new URL('.', file(name)), { recursive: true })
  const rows = done.map(({ row: { name, job, unit, limit }, baseline, figures, missing, isMet }) => ({
    name,
    job,
    unit,
    baseline,
    limit,
    isMet,
    contestants: Object.fromEntries(figures),
    ...(missing.size > 0 && { notInstalled: [...missing.keys()] }),
  }))
  const all = {
    name,
    date: new Date().toISOString(),
    machine: machine(),
    versions: { ...versions(), ...(await peerVersions()) },
    rows,
  }
  const numbers = (_key: string, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(5)) : value
  writeFileSync(file(name), `${JSON.stringify(all, numbers, 2)}\n`)
  return `bench/results/${name}.json`
}

function file(name: string): URL {
  return new URL(`../../results/${name}.json`, import.meta.url)
}
