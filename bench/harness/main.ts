import { parseArgs } from 'node:util'
import { type Comparison, compare } from './compare.js'
import { held, worsened } from './hold.js'
import { machine, versions } from './machine.js'
import { endPeers, peerVersions } from './peer.js'
import { keep, recorded } from './results.js'
import type { Row } from './row.js'
import { isQuick } from './size.js'
import { table } from './table.js'

const QUICK_ROUNDS = 2

/**
 * Runs the rows, prints each as it is done, and keeps all in results/NAME.json, unless `--only` left some out or
 * `--quick` was asked for. With `--hold` it compares with what is kept there instead.
 */
export async function main(name: string, rows: readonly Row[], usualRounds: number): Promise<void> {
  const { rounds, only, hold } = options(rows, usualRounds)
  const before = hold ? recorded(name) : undefined
  const facts = machine()
  console.log(`${facts.cpu}, ${facts.cores} cores, Node ${facts.node.slice(1)}; at most ${rounds} rounds`)
  const { omakase: _, ...beside } = versions()
  console.log(`${list(beside)}\n`)
  const done: Comparison[] = []
  for (const row of before === undefined ? rows : held(rows, before)) {
    if (only !== undefined && !only.includes(row.name)) continue
    const comparison = await compare(row, Math.min(rounds, row.rounds ?? rounds))
    console.log(table(comparison))
    done.push(comparison)
  }
  const peers = await peerVersions()
  if (Object.keys(peers).length > 0) console.log(list(peers))
  if (before !== undefined) {
    const worse = done.flatMap(comparison => worsened(comparison, before))
    console.log(`held against the recorded run: ${done.length}; worse by over 30 %: ${worse.length}`)
    for (const line of worse) console.error(line)
    if (worse.length > 0) process.exitCode = 1
  } else {
    console.log(summary(done))
    if (only === undefined && !isQuick) console.log(`kept in ${await keep(name, done)}`)
  }
  await endPeers()
}

function summary(done: readonly Comparison[]): string {
  const limited = done.filter(({ isMet }) => isMet !== undefined)
  const missed = limited.filter(({ isMet }) => !isMet).map(({ row }) => row.name)
  const met = `${limited.length - missed.length} of ${limited.length} limits met`
  return missed.length === 0 ? met : `${met}; missed: ${missed.join(', ')}`
}

function list(versions: { readonly [name: string]: string }): string {
  return Object.entries(versions)
    .map(pair => pair.join(' '))
    .join(', ')
}

function options(rows: readonly Row[], usualRounds: number) {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string' },
      only: { type: 'string', multiple: true },
      hold: { type: 'boolean', default: false },
      // Rows ask for it where they say how much is to be done.
      quick: { type: 'boolean', default: false },
    },
  })
  const rounds = values.rounds === undefined ? (isQuick ? QUICK_ROUNDS : usualRounds) : Number(values.rounds)
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes a whole number of 1 or more')
  const names = rows.map(row => row.name)
  const unknown = values.only?.find(name => !names.includes(name))
  if (unknown !== undefined) throw new Error(`--only ${unknown}: there is ${names.join(', ')}`)
  return { rounds, only: values.only, hold: values.hold }
}
