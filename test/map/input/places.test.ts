import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { InputFlags } from '#src/map/input/open.js'
import { openInputs } from '#src/map/input/open.js'
import { BadUsage } from '#src/workers/bad-usage.js'
import { told } from './collect.js'
import { tempFile, tempFolder } from './temp-folder.js'

async function refuses(flags: InputFlags, message: RegExp): Promise<void> {
  await assert.rejects(openInputs(flags), (error: Error) => {
    assert.ok(error instanceof BadUsage, String(error))
    assert.match(error.message, message)
    assert.ok(!error.message.includes('\n'))
    return true
  })
}

test('--range gives the numbers with both ends, and counts down where the second is smaller', async () => {
  assert.deepEqual(await told({ range: '1..4' }), [1, 2, 3, 4])
  assert.deepEqual(await told({ range: '2..-2' }), [2, 1, 0, -1, -2])
  assert.deepEqual(await told({ range: '7..7' }), [7])
  assert.ok(Object.is((await told({ range: '-1..0' }))[1], 0))
})

test('--range is checked', async () => {
  for (const range of ['', '5', '1..', '1...5', '1-5', 'a..b', '1.5..3', '1..99999999999999999']) {
    await refuses(
      { range },
      /^--range .*: write two whole numbers with two dots between them, such as 1\.\.1000$/,
    )
  }
})

test('--range is made as it is asked for, in chunks, and knows its total', async () => {
  const source = await openInputs({ range: '1..1000000000' })
  for await (const chunk of source) {
    assert.equal(chunk.length, 1000)
    break
  }
  assert.deepEqual(source.progress(), { done: 1000, total: 1e9, exact: true })
})

test('--args are the inputs as they stand', async () => {
  assert.deepEqual(await told({ args: ['a', '', '--b', ' c'] }), ['a', '', '--b', ' c'])
})

test('--files gives the paths that match, sorted', async t => {
  const folder = someFiles(t)
  const paths = (names: string[]) => names.map(name => join(folder, name))
  assert.deepEqual(await told({ files: [`${folder}/**/*.ts`] }), paths(['a.ts', 'b.ts', 'sub/c.ts']))
  assert.deepEqual(await told({ files: [`${folder}/*.{ts,js}`] }), paths(['B.js', 'a.ts', 'b.ts']))
  assert.deepEqual(await told({ files: [`${folder}/b.*`, `${folder}/sub/*`] }), paths(['b.ts', 'sub/c.ts']))
})

test('--files without a match is no error, but said', async t => {
  const folder = someFiles(t)
  const source = await openInputs({ files: [`${folder}/*.zz`] })
  assert.deepEqual(source.notes, [`no file matches '${folder}/*.zz': 0 items`])
  assert.deepEqual(source.progress(), { done: 0, total: 0, exact: true })
  assert.deepEqual((await openInputs({ files: [`${folder}/*.ts`] })).notes, [])
})

test('--files finds a file by its very name, even where that reads as a pattern', async t => {
  const path = join(someFiles(t), '[id].ts')
  writeFileSync(path, '')
  assert.deepEqual(await told({ files: [path] }), [path])
})

test('--files gives relative paths for a relative pattern', async t => {
  const folder = relative(process.cwd(), someFiles(t))
  assert.deepEqual(await told({ files: [`${folder}/*.ts`, `./${folder}/*.ts`] }), [
    join(folder, 'a.ts'),
    join(folder, 'b.ts'),
  ])
})

test('a missing file is refused with the name that was meant', async t => {
  const path = tempFile(t, 'urls.txt', '')
  await refuses(
    { paths: [path.replace('urls', 'ulrs')] },
    /there is no file .*ulrs\.txt: did you mean .*urls\.txt\?$/,
  )
  await refuses(
    { paths: ['https://example.com'] },
    /there is no file https:.*: inputs themselves go after --args$/,
  )
  await refuses({ paths: ['1..10'] }, /write --range 1\.\.10$/)
  await refuses({ paths: ['nothing/*.txt'] }, /a pattern is written --files 'nothing\/\*\.txt'$/)
})

test('a folder in the place of a file is refused', async t => {
  const folder = tempFolder(t)
  await refuses({ paths: [folder] }, /is a folder: to run over the files in it write --files '.*\/\*\*'$/)
})

test('a file that is missing is refused before the first one is read', async t => {
  await refuses({ paths: [tempFile(t, 'a.txt', 'a\n'), 'nowhere.txt'] }, /there is no file nowhere\.txt/)
})

test('inputs come from one place, in one format', async t => {
  const path = tempFile(t, 'a.txt', '')
  await refuses({ range: '1..2', args: ['a'] }, /not from --range and --args: leave one out$/)
  await refuses({ files: ['*.ts'], paths: [path] }, /--files and the input file .*put a pattern in quotes/)
  await refuses({ paths: [path], jsonl: true, csv: true }, /not in --jsonl and --csv: leave one out$/)
  await refuses({ range: '1..2', nul: true }, /-0 is how a file is read, and --range names the inputs/)
})

function someFiles(t: TestContext): string {
  const folder = tempFolder(t)
  mkdirSync(join(folder, 'sub'))
  for (const name of ['b.ts', 'a.ts', 'B.js', 'sub/c.ts', 'sub/.d.ts']) writeFileSync(join(folder, name), '')
  return folder
}
