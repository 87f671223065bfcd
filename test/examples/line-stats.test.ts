import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readdirSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readResults } from '../../examples/demo/results.js'
import type { LineStats } from '../../examples/line-stats/line-stats.js'
import { total } from '../../examples/line-stats/total.js'
import { writeTraces } from '../../examples/line-stats/traces.js'
import { omakase } from './omakase.js'
import { scratch } from './scratch.js'

const awk = `{ r = $2 " " $3; n[r]++; if ($4 >= 500) f[r]++; ms[r] += $5 }
  END { for (r in n) print r "\\t" n[r] "\\t" f[r] + 0 "\\t" ms[r] }`

test('line-stats adds a day of compressed records up to what awk adds them up to (slow)', async t => {
  const folder = scratch(t)
  const traces = join(folder, 'traces')
  const stats = join(folder, 'stats.jsonl')
  await writeTraces(traces, 2000)

  const { code, stderr } = await omakase(
    'map',
    'examples/line-stats/line-stats.ts',
    '--files',
    `${traces}/*.gz`,
    '-o',
    stats,
  )
  assert.equal(code, 0, stderr)

  const ours = (await total(stats)).map(
    ([route, { requests, failures, milliseconds }]) => `${route}\t${requests}\t${failures}\t${milliseconds}`,
  )
  const theirs = execFileSync('sh', ['-c', 'zcat "$1"/*.gz | awk "$2"', 'sh', traces, awk], {
    encoding: 'utf8',
  })
  assert.equal(ours.length, 7)
  assert.deepEqual(ours.sort(), theirs.trimEnd().split('\n').sort())
})

test('line-stats fails an hour that is cut off, or holds what is no record, and no other (slow)', async t => {
  const folder = scratch(t)
  const traces = join(folder, 'traces')
  const stats = join(folder, 'stats.jsonl')
  await writeTraces(traces, 200)
  const [first, second] = readdirSync(traces).sort()
  truncateSync(join(traces, first!), 1000)
  execFileSync('sh', ['-c', 'echo nonsense | gzip >> "$1"', 'sh', join(traces, second!)])

  const { code } = await omakase(
    'map',
    'examples/line-stats/line-stats.ts',
    '--files',
    `${traces}/*.gz`,
    '-o',
    stats,
  )
  assert.equal(code, 1)
  const results = readResults<LineStats>(stats).sort((a, b) => a.index - b.index)
  assert.equal(results.length, 24)
  assert.match(results[0]!.error!.message, /unexpected end of file/)
  assert.match(results[1]!.error!.message, /no trace record: nonsense/)
  assert.ok(results.slice(2).every(({ error }) => error === undefined))
})
