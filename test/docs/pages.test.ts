import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { transform } from 'esbuild'
import { blocksOf } from './blocks.js'

const root = fileURLToPath(new URL('../../../', import.meta.url))
// Inside the package, so that `omakase` is itself.
const folder = join(root, 'build', 'docs')
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
after(() => rmSync(folder, { recursive: true, force: true }))

const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.md'))
  .map(file => join('docs', file))

for (const page of pages) {
  for (const { line, code, output } of blocksOf(readFileSync(join(root, page), 'utf8'))) {
    test(`${page}:${line} runs${output === undefined ? '' : ', and prints what the page says'}`, async () => {
      const own = join(folder, `${page.replaceAll(/[/.]/g, '-')}-${line}`)
      mkdirSync(own)
      const file = join(own, 'program.mjs')
      const program = await transform(code, { loader: 'ts', format: 'esm', target: 'node20' })
      writeFileSync(file, program.code)
      const { stdout, stderr, failed } = await run(file)
      if (output === undefined) assert.ok(!failed, stderr)
      else assert.equal(stdout.replaceAll(`${own}/`, ''), output, stderr)
    })
  }
}

/** A program may end with a failure, where the page says what it prints. */
function run(file: string): Promise<{ stdout: string; stderr: string; failed: boolean }> {
  return new Promise(resolve => {
    execFile(process.execPath, [file], { cwd: folder, timeout: 20_000 }, (error, stdout, stderr) =>
      resolve({ stdout, stderr, failed: error !== null }),
    )
  })
}
