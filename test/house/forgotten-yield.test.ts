import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'

/** What a user has to switch on: a `Co` is a `PromiseLike`, so the rule for promises sees it. */
const RULES = { preset: 'none', nursery: { noFloatingPromises: 'error' } }

const root = fileURLToPath(new URL('../../../', import.meta.url))
const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')
const fixtures = join(root, 'test/house/fixtures')
let project: string

// A project of its own, with the package installed: in this one, the linter ignores the fixtures and the built files.
before(() => {
  project = mkdtempSync(join(tmpdir(), 'omakase-lint-'))
  for (const file of ['forgotten.ts', 'remembered.ts']) cpSync(join(fixtures, file), join(project, file))
  const installed = join(project, 'node_modules/omakase')
  for (const part of ['dist', 'package.json'])
    cpSync(join(root, part), join(installed, part), { recursive: true })
  writeFileSync(join(project, 'biome.json'), JSON.stringify({ linter: { rules: RULES } }))
})

after(() => rmSync(project, { recursive: true, force: true }))

/** The lines of a file that the linter reports. */
function reported(file: string): Promise<number[]> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [biome, 'lint', '--reporter=github', '--max-diagnostics=none', file],
      { cwd: project },
      (error, stdout, stderr) => {
        // 1 is a finding; anything else than that and 0 did not lint.
        if (error !== null && error.code !== 1) reject(new Error(stderr, { cause: error }))
        else resolve([...stdout.matchAll(/noFloatingPromises,.*?line=(\d+)/g)].map(match => Number(match[1])))
      },
    )
  })
}

function marked(file: string): number[] {
  const lines = readFileSync(join(fixtures, file), 'utf8').split('\n')
  return lines.flatMap((line, nth) => (line.endsWith('// forgotten') ? [nth + 1] : []))
}

test('the linter reports every call that lacks its yield*', async () => {
  const lines = marked('forgotten.ts')
  assert.ok(lines.length > 0)
  assert.deepEqual(await reported('forgotten.ts'), lines)
})

test('the linter has nothing against the same calls with their yield*', async () => {
  assert.deepEqual(await reported('remembered.ts'), [])
})
