import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readResults } from '../../examples/demo/results.js'
import type { Ran } from '../../examples/test-suite/run-test-file.js'
import { omakase, root } from './omakase.js'
import { scratch } from './scratch.js'

const longestFirst = join(root, 'examples/test-suite/longest-first.mjs')
const suite = join(root, 'examples/test-suite/suite')
const files = readdirSync(suite)
  .sort()
  .map(name => join(suite, name))

test('test-suite runs files that would meet on one port and in one folder, side by side (slow)', async t => {
  const folder = scratch(t)
  const inputs = join(folder, 'files.txt')
  const journal = join(folder, 'ran.jsonl')
  const broken = join(folder, 'broken.test.mjs')
  writeFileSync(inputs, [...files, broken].join('\n'))
  writeFileSync(
    broken,
    `import { test } from 'node:test'\ntest('sums', () => { throw new Error('1 + 1 is 3') })\n`,
  )

  const { code, stderr } = await omakase(
    'map',
    'examples/test-suite/run-test-file.ts',
    inputs,
    '--concurrency',
    '6',
    '-o',
    journal,
  )
  assert.equal(code, 1, stderr)
  const results = readResults<Ran>(journal)
  const tests = new Map(results.map(({ input, output }) => [input, output?.tests]))
  assert.deepEqual(
    files.map(file => tests.get(file)),
    [2, 1, 1, 1, 1],
  )
  assert.match(results.find(({ input }) => input === broken)!.error!.message, /sums: '1 \+ 1 is 3'/)
})

test('test-suite begins with what took longest, and with what is new', t => {
  const journal = join(scratch(t), 'ran.jsonl')
  const ran = { short: 10, long: 3000, longer: 9000 }
  const lines = Object.entries(ran).map(([input, milliseconds], index) =>
    JSON.stringify({ index, input, output: { tests: 1, milliseconds } }),
  )
  writeFileSync(journal, `${lines.join('\n')}\n`)
  const order = execFileSync(process.execPath, [longestFirst, journal, 'long', 'short', 'new', 'longer'])
  assert.deepEqual(order.toString().trimEnd().split('\n'), ['new', 'longer', 'long', 'short'])
})
