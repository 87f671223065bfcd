import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { root } from './compile.js'

const folder = join(root, 'docs/deploy')
const isHere = spawnSync('systemd-analyze', ['--version']).status === 0
const withSystemd = { skip: !isHere && 'no systemd-analyze here: install the package systemd' }
/** Seconds that a worker lets what runs end, after SIGTERM. */
const DRAIN = 10

test('systemd finds nothing wrong with the unit', withSystemd, async () => {
  const unit = join(folder, 'omakase-worker.service')
  const { stderr } = await promisify(execFile)('systemd-analyze', ['verify', unit])
  assert.doesNotMatch(stderr, /omakase-worker/)
})

test('a service has longer to end than a worker takes for it', () => {
  const seconds = (file: string, line: RegExp) =>
    Number(line.exec(readFileSync(join(folder, file), 'utf8'))![1])
  assert.ok(seconds('omakase-worker.service', /^TimeoutStopSec=(\d+)$/m) > DRAIN)
  assert.ok(seconds('kubernetes.yaml', /^ +terminationGracePeriodSeconds: (\d+)$/m) > DRAIN)
})
