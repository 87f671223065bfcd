import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { start } from '../cli/support/command.js'
import { redis, withRedis } from '../cluster/support/redis.js'
import { root } from './omakase.js'

const execute = promisify(execFile)
const program = (name: string) => fileURLToPath(new URL(`../../examples/queue/${name}.js`, import.meta.url))

test('all reports of the queue are rendered but the two that are broken (slow)', withRedis, async t => {
  const { url } = await redis(t)
  const { stdout: ordered } = await execute(process.execPath, [program('producer'), url])
  assert.equal(ordered, '202 reports ordered\n')
  const handler = join(root, 'examples/queue/report.ts')
  const limits = ['--timeout', '2s', '--memory', '256MB']
  const command = start(t, ['consume', handler, '--queue', 'reports', '--on', url, ...limits], { cwd: root })
  let status = ''
  while (!status.startsWith('200 completed, 2 failed, 0 active, 0 waiting'))
    status = (await execute(process.execPath, [program('status'), url])).stdout
  assert.match(status, /^Holds on: timed out after 2 s: it held the event loop, so its worker was killed$/m)
  assert.match(status, /^Grows: the worker had grown to \d+ MB, past its memory, and was killed, twice/m)
  command.child.kill('SIGTERM')
  const { code, stderr } = await command.ended
  assert.equal(code, 0, stderr)
  assert.match(stderr, /200 ok +2 failed/)
})
