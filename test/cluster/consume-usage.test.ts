import assert from 'node:assert/strict'
import { test } from 'node:test'
import { omakase, start } from '../cli/support/command.js'
import { folder } from '../cli/support/folder.js'
import { queueOf } from './support/queue.js'
import { freePort, redis, withRedis } from './support/redis.js'

const FILES = { 'handler.ts': 'export default () => 1' }

test('what consume cannot do anything with is one line, and exit code 2', async t => {
  const cwd = folder(t, FILES)
  const url = `redis://127.0.0.1:${await freePort()}`
  const lines: [args: string[], line: RegExp][] = [
    [[], /no handler: write omakase consume FILE\.ts --queue NAME --on redis:\/\/HOST/],
    [['handler.ts', '--on', url], /no queue: write --queue NAME/],
    [['handler.ts', '--queue', 'emails'], /no engine: write its address/],
    [['handler.ts', '--queue', 'emails', '--on', 'processes'], /processes is no address of a Redis/],
    [['handler.ts', '--queue', 'a:b', '--on', url], /has no colon; write --prefix a --queue b/],
    [['handler.ts', '--queue', 'emails', '--on', url, '--workers', '0'], /--workers 0/],
  ]
  for (const [args, line] of lines) {
    const { code, stderr } = await omakase(t, ['consume', ...args], { cwd })
    assert.match(stderr, line)
    assert.equal(stderr.trim().split('\n').length, 1, stderr)
    assert.equal(code, 2, stderr)
  }
})

test(
  'no Redis there is waited for; a handler that cannot be loaded is said before any job is taken',
  withRedis,
  async t => {
    const cwd = folder(t, { ...FILES, 'none.ts': 'export const a = 1' })
    const server = await redis(t)
    const { url } = server
    await server.stop()
    const early = start(t, ['consume', 'handler.ts', '--queue', 'emails', '--on', url], { cwd })
    await early.says(/no Redis at redis:\/\/127.*waiting for it/)
    await server.start()
    await early.says(/serves emails/)
    early.child.kill('SIGTERM')
    assert.equal((await early.ended).code, 0)
    const queue = queueOf(t, url)
    await queue.add('a', {})
    const wrong = await omakase(t, ['consume', 'none.ts', '--queue', 'emails', '--on', url], { cwd })
    assert.match(wrong.stderr, /none\.ts has no default export/)
    assert.equal(wrong.code, 2)
    assert.equal(await queue.getWaitingCount(), 1)
  },
)

test('a queue that nobody knows is waited for, and what it might be is said', withRedis, async t => {
  const { url } = await redis(t)
  const cwd = folder(t, FILES)
  await queueOf(t, url, 'emails').add('a', {})
  const misspelt = start(t, ['consume', 'handler.ts', '--queue', 'email', '--on', url], { cwd })
  await misspelt.says(/serves email/)
  assert.match(misspelt.stderr, /there is no queue email with the prefix bull yet.*did you mean emails\?/)
  const queue = queueOf(t, url, 'email')
  await queue.add('a', {})
  while ((await queue.getCompletedCount()) < 1) await new Promise(go => setTimeout(go, 20))
  misspelt.child.kill('SIGTERM')
  assert.equal((await misspelt.ended).code, 0)
})
