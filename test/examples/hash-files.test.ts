import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import { test } from 'node:test'
import { readResults } from '../../examples/demo/results.js'
import type { Hashed } from '../../examples/hash-files/hash-file.js'
import { omakase, root } from './omakase.js'
import { scratch } from './scratch.js'

test('hash-files gives what a plain loop gives for every file under node_modules (slow)', async t => {
  const hashes = join(scratch(t), 'hashes.jsonl')
  const { code, stderr } = await omakase(
    'map',
    'examples/hash-files/hash-file.ts',
    '--files',
    'node_modules/**',
    '-o',
    hashes,
  )
  assert.equal(code, 0, stderr)

  const results = readResults<Hashed>(hashes)
  const found = new Map(results.map(({ input, output }) => [input, output]))
  const expected = new Map(files().map(path => [path, plainly(join(root, path))]))
  assert.equal(results.length, expected.size)
  for (const [path, hashed] of expected) assert.deepEqual(found.get(path), hashed, path)
})

/** All files but those whose path has a part that begins with a dot, which `--files` leaves out. */
function files(): string[] {
  const folder = join(root, 'node_modules')
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(path => !path.split(sep).some(part => part.startsWith('.')))
    .filter(path => statSync(join(folder, path)).isFile())
    .map(path => `node_modules/${path.split(sep).join('/')}`)
}

function plainly(path: string): Hashed {
  const text = readFileSync(path, 'latin1')
  return {
    sha256: createHash('sha256').update(text, 'latin1').digest('hex'),
    lines: text.split('\n').length - 1,
  }
}
