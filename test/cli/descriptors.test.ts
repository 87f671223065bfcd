import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { MAIN } from './support/command.js'
import { folder } from './support/folder.js'

const posix = { skip: process.platform === 'win32' && 'has no ulimit' }

test('more workers than there are descriptors for: it says so', posix, t => {
  const cwd = folder(t, {
    'fn.ts': 'export default (n: number) => new Promise(go => setTimeout(go, 500, n))',
  })
  const args = [MAIN, 'map', 'fn.ts', '--range', '1..900', '--workers', '300']
  const { status, stderr } = spawnSync(
    'sh',
    ['-c', 'ulimit -n 250 && exec "$@"', 'sh', process.execPath, ...args],
    { cwd, encoding: 'utf8' },
  )
  assert.match(stderr, /could not be started: spawn .* EMFILE/)
  assert.equal(status, 2)
})
