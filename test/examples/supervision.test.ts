import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { linuxOnly } from '../node/support/processes.js'

const storm = fileURLToPath(new URL('../../examples/supervision/storm.js', import.meta.url))

test('under kill -9 none is lost, and nothing outlives the supervisor (slow)', linuxOnly, async () => {
  const env = { ...process.env, OMAKASE_STORM_MS: '2000' }
  const { stdout } = await promisify(execFile)(process.execPath, [storm], { env })
  const [, kills, restarts] = /^(\d+) kills, (\d+) restarts/m.exec(stdout)!
  assert.ok(Number(kills) > 0)
  assert.equal(restarts, kills)
  assert.match(stdout, /kill -9 of the supervisor: 0 processes are left/)
})
