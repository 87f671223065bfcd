import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'

const path = join(tmpdir(), 'database')

test('what is written is there still', async () => {
  await writeFile(path, import.meta.url)
  await setTimeout(50)
  assert.equal(await readFile(path, 'utf8'), import.meta.url)
})
