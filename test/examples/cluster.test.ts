import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { processesWith } from '../../examples/supervision/processes.js'
import { withRedis } from '../cluster/support/redis.js'
import { root } from './omakase.js'
import { scratch } from './scratch.js'

const main = fileURLToPath(new URL('../../examples/cluster/main.js', import.meta.url))

test(
  'every file is hashed once on three machines, one of which is killed, and nothing is left (slow)',
  withRedis,
  async t => {
    const folder = scratch(t)
    const env = { ...process.env, TMPDIR: folder }
    const { stdout } = await promisify(execFile)(process.execPath, [main], { cwd: root, env })
    const lines = stdout.trimEnd().split('\n')
    assert.ok(lines.includes('killed machine-2, half-way'), stdout)
    assert.match(stdout, /^(\d+) files, \1 lines, 0 missing, wrong or twice$/m)
    assert.deepEqual(lines.slice(-4), [
      'stopped machine-3',
      'stopped machine-2',
      'stopped machine-1',
      'stopped redis',
    ])
    assert.deepEqual(readdirSync(folder), [])
    assert.deepEqual(processesWith(join(folder, 'omakase-cluster-')), [])
  },
)
