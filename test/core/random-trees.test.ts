import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { type Program, program } from './random-trees/program.js'
import { shrink } from './random-trees/shrink.js'
import { violations } from './random-trees/violations.js'

// OMAKASE_TREES=20000 runs more of them; OMAKASE_SEED=123 or --seed 123 runs that one again.
function option(name: string): number | undefined {
  const at = process.argv.indexOf(`--${name}`)
  const text = at < 0 ? process.env[`OMAKASE_${name.toUpperCase()}`] : process.argv[at + 1]
  return text === undefined ? undefined : Number(text)
}

const seed = option('seed')
const trees = option('trees') ?? (seed === undefined ? 2000 : 1)

async function explain(seed: number, broken: readonly string[]): Promise<string> {
  const rule = broken[0]!.split(':')[0]!
  const breaks = async (smaller: Program) => (await violations(smaller)).some(each => each.startsWith(rule))
  const smallest = await shrink(program(seed), breaks)
  const text = inspect(smallest, { depth: null, breakLength: 110 })
  return `${broken.join('\n')}\n\nAgain with OMAKASE_SEED=${seed}. The smallest such program:\n${text}`
}

test(`R1 to R42: ${trees} random trees of tasks keep the rules`, async () => {
  const first = seed ?? 0
  for (let i = first; i < first + trees; i++) {
    const broken = await violations(program(i))
    if (broken.length > 0) assert.fail(await explain(i, broken))
  }
})
