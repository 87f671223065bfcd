import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { toFile } from 'omakase/node'
import { pipe } from 'omakase/stream'
import { fails } from '../core/fails.js'

const folder = mkdtempSync(join(tmpdir(), 'omakase-to-file-'))
after(() => rmSync(folder, { recursive: true, force: true }))

test('toFile writes text and bytes, over what the file held or behind it', async () => {
  const file = join(folder, 'file.txt')
  await pipe(['old'], toFile(file))
  await pipe(['new ', new TextEncoder().encode('äöü')], toFile(file))
  assert.equal(readFileSync(file, 'utf8'), 'new äöü')
  await pipe(['!'], toFile(file, { append: true }))
  assert.equal(readFileSync(file, 'utf8'), 'new äöü!')
})

test('toFile fails where the file cannot be written', async () => {
  await fails(pipe(['text'], toFile(join(folder, 'no', 'file.txt'))), { code: 'ENOENT' })
})
