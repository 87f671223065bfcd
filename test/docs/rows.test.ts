import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { compile, folderFor, root } from './compile.js'
import { programOf } from './fragment.js'
import { checksOf, rowsOf } from './rows.js'

// Each row of a table of docs/migration is put where its check in test/docs/rows says ROW, compiled and run.
const folder = folderFor('rows')
const programs = new Map<string, string>()
const tests: { name: string; file: string }[] = []

for (const page of readdirSync(join(root, 'docs/migration'))) {
  const rows = rowsOf(readFileSync(join(root, 'docs/migration', page), 'utf8'))
  const { given, checks } = checksOf(readFileSync(join(root, 'test/docs/rows', page), 'utf8'))
  const known = rows.filter(({ code }) => code !== '').map(row => row.known)
  test(`every row of ${page} with code has one check, and every check its row`, () => {
    assert.deepEqual([...checks.keys()].sort(), known.sort())
    for (const [name, check] of checks) {
      assert.match(check, /\bROW\b/, `the check of ${name} uses the row`)
      assert.match(check, /\bassert\b/, `the check of ${name} says what is to hold`)
    }
  })
  for (const { line, known, code } of rows) {
    const check = checks.get(known)
    if (check === undefined || code === '') continue
    const file = `${page.replace('.md', '')}/row-${line}.ts`
    const lines = `${given}{
${check.replaceAll(/\bROW\b/g, () => code)}}
`
    programs.set(file, await programOf(lines))
    tests.push({ name: `${page}:${line} ${known}`, file })
  }
}

const wrong = await compile(folder, programs)

for (const { name, file } of tests) {
  test(name, { timeout: 20_000 }, async () => {
    assert.deepEqual(wrong.get(file) ?? [], [], 'its types are right')
    await import(pathToFileURL(join(folder, file.replace('.ts', '.js'))).href)
  })
}
