import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { tempFolder } from '../input/temp-folder.js'

const CHILD = fileURLToPath(new URL('./run-child.js', import.meta.url))
const COUNT = 20_000

/** Runs until it has said so many dots, then kills it; gives its exit code, if it was quicker. */
async function run(path: string, pass: number, dots: number): Promise<number | null> {
  const child = spawn(process.execPath, [CHILD, path, String(COUNT), String(pass)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = 0
  child.stdout.on('data', (bytes: Buffer) => {
    said += bytes.length
    // Some way into what comes then, so that the kill falls anywhere in it.
    if (said >= dots) setTimeout(() => child.kill('SIGKILL'), Math.random() * 10)
  })
  return (await once(child, 'exit'))[0]
}

test('a run that is killed again and again, also while it resumes, writes every item exactly once', async t => {
  const path = join(tempFolder(t), 'out.jsonl')
  for (let round = 0; round < 8; round++) await run(path, round, 1 + round * 3)
  assert.equal(await run(path, 9, Number.POSITIVE_INFINITY), 0)
  const text = readFileSync(path, 'utf8')
  assert.ok(text.endsWith('\n'))
  const lines = text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  assert.equal(lines.length, COUNT)
  assert.equal(new Set(lines.map(line => line.index)).size, COUNT)
  for (const { index, input, output } of lines) {
    assert.equal(input, index + 1)
    assert.equal(output, 'x'.repeat(index % 500))
  }
  assert.deepEqual(readdirSync(dirname(path)), ['out.jsonl'])
})
