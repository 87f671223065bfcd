import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { start } from '../cli/support/command.js'
import { folder } from '../cli/support/folder.js'
import { assertEnded, slow } from './support/long.js'
import { machine } from './support/machine.js'
import { redis, withRedis } from './support/redis.js'
import { jobsThatWait } from './support/waiting-jobs.js'

test(
  'what a killed coordinator leaves goes by itself, also where no machine ever comes',
  withRedis,
  async t => {
    const server = await redis(t)
    const client = server.client(t)
    const cwd = folder(t, {
      'work.ts': "import { where } from 'native-thing'\nexport default where",
      'node_modules/native-thing/package.json': '{"name":"native-thing","version":"1.0.0","main":"index.js"}',
      'node_modules/native-thing/index.js': 'exports.where = () => 1',
      'node_modules/native-thing/build/Release/thing.node': 'not for this processor',
    })
    const run = start(t, ['map', 'work.ts', '--range', '1..9', '--on', server.url], { cwd })
    const jobs = await jobsThatWait(t, client, 1)
    assert.match(jobs[0]!, /-with-/)
    while ((await client.pttl(jobs[0]!)) < 0) await pause(5)
    run.child.kill('SIGKILL')
    await run.ended
    for (const key of await client.keys('*')) assert.ok((await client.pttl(key)) > 0, `${key} stays for ever`)
  },
)

test('a machine that comes upon the place of a job that is gone says nothing of it', withRedis, async t => {
  const server = await redis(t)
  const worker = await machine(t, server.url, 'one')
  const client = server.client(t)
  const cwd = folder(t, { 'slow.ts': slow(20) })
  const run = start(t, ['map', 'slow.ts', '--range', '0..599', '--on', server.url], { cwd })
  const jobs = await jobsThatWait(t, client, 2)
  await client.del(...jobs)
  assertEnded(await run.ended)
  worker.child.kill('SIGTERM')
  assert.doesNotMatch((await worker.ended).stderr, /refused/)
})
