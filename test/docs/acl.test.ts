import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { omakase } from '../cli/support/command.js'
import { folder } from '../cli/support/folder.js'
import { machine } from '../cluster/support/machine.js'
import { redis, withRedis } from '../cluster/support/redis.js'
import { root } from './compile.js'

test('the ACL user of docs/cluster.md can do all that a run needs', withRedis, async t => {
  const page = readFileSync(join(root, 'docs/cluster.md'), 'utf8')
  const words = /^ACL (SETUSER worker .*)$/m.exec(page)![1]!.split(' ')
  const server = await redis(t)
  const client = server.client(t)
  assert.equal(await client.call('ACL', ...words), 'OK')
  assert.equal(await client.call('ACL', 'SETUSER', 'default', 'off'), 'OK')

  const url = server.url.replace('//', '//worker:PASSWORD@')
  const worker = await machine(t, url, 'one')
  const args = [
    'map',
    '-e',
    'word => word.length',
    '--args',
    'rice',
    'tea',
    '--on',
    url,
    '--raw',
    '--ordered',
  ]
  const ended = await omakase(t, args, { cwd: folder(t) })
  assert.equal(ended.stdout, '4\n3\n', ended.stderr)
  worker.child.kill()
  assert.equal((await worker.ended).code, 0)
  assert.deepEqual(await client.call('ACL', 'LOG'), [])
})
