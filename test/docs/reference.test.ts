import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { copyFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { machine } from '../cluster/support/machine.js'
import { redis, withRedis } from '../cluster/support/redis.js'
import { blocksOf } from './blocks.js'
import { compile, folderFor, root } from './compile.js'
import { programOf } from './fragment.js'

const PAGES = join(root, 'docs/reference')
const VALUE =
  /^(\s*)((?:const \S.*? = |return )?)(.+?) \/\/ ((?:['"[{\d]|(?:true|false|undefined|Infinity)$).*)$/gm
const GIVEN = join(root, 'test/docs/fixtures/reference')

test('every export has a docstring, its functions an example, and the pages are what those say', async () => {
  await new Promise<void>((resolve, reject) =>
    execFile(
      process.execPath,
      [join(root, 'scripts/reference.mjs'), '--check'],
      { cwd: root },
      (error, _, stderr) => (error === null ? resolve() : reject(new Error(stderr))),
    ),
  )
})

// Each example is put into a program of its own; what a comment at the end of a line says of a value is checked.
const folder = folderFor('reference')
const programs = new Map<string, string>()
const examples: { name: string; file: string; isFar: boolean }[] = []
for (const page of readdirSync(PAGES)) {
  const entry = page.replace('.md', '').replace('-', '/') as Parameters<typeof programOf>[1]
  for (const { line, language, code } of blocksOf(readFileSync(join(PAGES, page), 'utf8'))) {
    if (language !== 'ts') continue
    const file = `${page.replace('.md', '')}-${line}.ts`
    programs.set(file, await programOf(checked(code), entry))
    examples.push({ name: `${page}:${line}`, file, isFar: entry === 'omakase/cluster' })
  }
}
for (const file of readdirSync(GIVEN)) {
  if (file.endsWith('.ts')) programs.set(file, readFileSync(join(GIVEN, file), 'utf8'))
  else copyFileSync(join(GIVEN, file), join(folder, file))
}
const wrong = await compile(folder, programs)
process.chdir(folder)

for (const { name, file, isFar } of examples) {
  const options = isFar ? withRedis : { timeout: 20_000 }
  test(`the example of ${name} runs, and gives what it says`, options, async t => {
    assert.deepEqual(wrong.get(file) ?? [], [], 'its types are right')
    if (isFar) process.env.OMAKASE_REDIS_URL = await aCluster(t)
    const path = join(folder, file.replace('.ts', '.js'))
    if (/^main\(|node:test/m.test(programs.get(file)!)) await succeeds(path)
    else await import(pathToFileURL(path).href)
  })
}

;/^(\s*)((?:const \S.*? = |return )?)(.+?) \/\/ ((?:['"[{\d]|(?:true|false|undefined|Infinity)$).*)$/gm

/** The address of a Redis that a machine works for. */
async function aCluster(t: TestContext): Promise<string> {
  const { url } = await redis(t)
  await machine(t, url, 'one')
  return url
}

/** `sum // 6` is `is(sum, 6)`. */
function checked(code: string): string {
  const is = 'const is = <T>(got: T, said: unknown): T => (assert.deepEqual(got, said), got)'
  return `${is}\n${code.replaceAll(VALUE, '$1$2is($3, $4)')}`
}

/** What ends its process, or reports to it, gets one of its own. */
function succeeds(path: string): Promise<void> {
  return new Promise((resolve, reject) =>
    execFile(process.execPath, [path], error => (error === null ? resolve() : reject(error))),
  )
}
