import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { transform } from 'esbuild'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const programs = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code!)

/** What each program prints, in the order in which they stand there. */
const PRINTED = [/released a resource for slow\n(.*\n)*hello fast\n$/, /a 1\nbb 2\n$|bb 2\na 1\n$/]

test('every program in the README runs', async () => {
  assert.equal(programs.length, PRINTED.length)
  const folder = mkdtempSync(join(root, 'build', 'readme-'))
  try {
    for (const [nth, code] of programs.entries()) {
      const file = join(folder, `${nth}.mjs`)
      writeFileSync(file, (await transform(code, { loader: 'ts' })).code)
      const { stdout } = await promisify(execFile)(process.execPath, [file])
      assert.match(stdout, PRINTED[nth]!)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
