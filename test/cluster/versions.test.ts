import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { MAIN, start } from '../cli/support/command.js'
import { folder } from '../cli/support/folder.js'
import { redis, withRedis } from './support/redis.js'

test('machines of another minor version take nothing, and the coordinator names both', withRedis, async t => {
  const { url } = await redis(t)
  const root = join(dirname(MAIN), '../..')
  const { version, ...rest } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const other = folder(t, { 'package.json': JSON.stringify({ ...rest, version: '0.999.1' }) })
  cpSync(join(root, 'dist'), join(other, 'dist'), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(other, 'node_modules'))
  writeFileSync(join(other, 'square.ts'), 'export default (n: number) => n * n')
  const worker = spawn(process.execPath, [join(other, 'dist/cli/main.js'), 'worker', url, '--name', 'newer'])
  t.after(() => worker.kill('SIGKILL'))
  const run = start(t, ['map', 'square.ts', '--range', '1..5', '--on', url], { cwd: other })
  await run.says(
    new RegExp(
      `newer has omakase 0\\.999\\.1 and this is ${version.replaceAll('.', '\\.')}: install the same`,
    ),
  )
  assert.equal(run.stdout, '')
})
