import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { transform } from 'esbuild'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const guide = readFileSync(join(root, 'docs/guides/testing.md'), 'utf8')
const programs = [...guide.matchAll(/```ts\n([\s\S]*?)```(?:\n\n```text\n([\s\S]*?)```)?/g)]

for (const [nth, [, code, printed = '']] of programs.entries()) {
  test(`program ${nth + 1} of the guide to testing prints what stands below it`, async () => {
    const folder = mkdtempSync(join(root, 'build', 'guide-'))
    try {
      const file = join(folder, 'program.mjs')
      writeFileSync(file, (await transform(code!, { loader: 'ts' })).code)
      const { stdout } = await promisify(execFile)(process.execPath, [file])
      assert.equal(stdout, printed)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
}
