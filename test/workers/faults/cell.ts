import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { map } from 'omakase/map'
import type { Executor, Fault } from './faults.js'
import { deadlyLibrary } from './segfault.js'

export interface Cell {
  readonly fault: Fault
  readonly on: Executor
  readonly concurrency: number
  readonly batch: number
}

export const ITEMS = 150
export const GUILTY = 117

/** What became of each item, in words; what came out of the guilty one; and the error of the run. */
export interface Told {
  readonly items: readonly string[]
  readonly guilty: unknown
  readonly error?: string
}

/** Runs the items through a map, in this process. */
export async function runCell({ fault, on, concurrency, batch }: Cell, folder: string): Promise<Told> {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'deadly.node'), deadlyLibrary())
  const file = join(folder, 'module.mjs')
  writeFileSync(
    file,
    `const folder = ${JSON.stringify(folder)}
     ${fault.module ?? ''}
     export default async (n, { attempt }) => {
       if (n === ${GUILTY}) { ${fault.does} }
       await new Promise(resolve => setTimeout(resolve, 1))
       return n * 2
     }`,
  )
  const items: string[] = Array(ITEMS).fill('')
  let guilty: unknown
  const inputs = Array.from({ length: ITEMS }, (_, i) => i)
  const memory = fault.memory?.[on]
  const options = {
    on,
    workers: 2,
    concurrency: 2 * concurrency,
    batch,
    ...(memory !== undefined && { memory }),
    ...fault.options,
  }
  try {
    for await (const { index, output, error } of map<unknown, number>(inputs, pathToFileURL(file), options)) {
      if (index === GUILTY) guilty = output
      items[index] += error === undefined ? (index === GUILTY ? 'ok' : `${output}`) : `${error}`
    }
    return { items, guilty }
  } catch (error) {
    return { items, guilty, error: `${error}` }
  }
}
