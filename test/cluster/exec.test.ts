import assert from 'node:assert/strict'
import { realpathSync } from 'node:fs'
import { test } from 'node:test'
import { omakase, outputs } from '../cli/support/command.js'
import { folder } from '../cli/support/folder.js'
import { machine } from './support/machine.js'
import { redis, withRedis } from './support/redis.js'

test('a command is run for each item, on the machines', withRedis, async t => {
  const { url } = await redis(t)
  const there = folder(t)
  await machine(t, url, 'one', ['--cwd', there])
  const cwd = folder(t)
  const run = (...args: string[]) => omakase(t, ['map', ...args, '--on', url, '--ordered'], { cwd })

  await t.test('what it prints is the output, and it runs in the folder of the machine', async () => {
    const ended = await run('--exec', 'echo {} and', 'a b', 'c')
    assert.equal(ended.code, 0, ended.stderr)
    assert.deepEqual(outputs(ended), ['a b and', 'c and'])
    const where = await run('--exec', 'pwd; echo "$1" >&2', '--shell', 'x')
    assert.deepEqual(outputs(where), [realpathSync(there)])
  })

  await t.test('one that fails has its exit code and its last words', async () => {
    const ended = await run('--exec', 'echo oh >&2; exit 3', '--shell', 'x')
    assert.equal(ended.code, 1)
    const { error } = ended.lines[0]!
    assert.equal(error!.name, 'CommandError')
    assert.match(error!.message, /3/)
    assert.match(JSON.stringify(error), /oh/)
  })

  await t.test('one that a machine does not have ends the run, with the name of the machine', async () => {
    const ended = await run('--exec', 'there-is-no-such-program {}', 'x')
    assert.equal(ended.code, 2)
    assert.match(ended.stderr, /on one: --exec: no such command: there-is-no-such-program/)
  })

  await t.test('what is no command is refused here', async () => {
    const ended = await run('--exec', ' ', 'x')
    assert.equal(ended.code, 2)
    assert.match(ended.stderr, /--exec got no command/)
  })
})

test('what items log is shown as it comes, with the machine where there are several', withRedis, async t => {
  const { url } = await redis(t)
  await machine(t, url, 'one')
  const cwd = folder(t, {
    'says.ts':
      'export default (n: number, { log }: { log: (...all: unknown[]) => void }) => { log("item %d", n); return n }',
  })
  const run = () => omakase(t, ['map', 'says.ts', '--range', '1..3', '--on', url], { cwd })
  const alone = await run()
  assert.equal(alone.code, 0, alone.stderr)
  for (const n of [1, 2, 3]) assert.match(alone.stderr, new RegExp(`^item ${n}$`, 'm'))
  await machine(t, url, 'two')
  const both = await run()
  for (const n of [1, 2, 3]) assert.match(both.stderr, new RegExp(`^(one|two): item ${n}$`, 'm'))
})
