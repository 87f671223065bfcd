import assert from 'node:assert/strict'
import { test } from 'node:test'
import { omakase, start } from '../cli/support/command.js'
import { folder } from '../cli/support/folder.js'
import { machine } from './support/machine.js'
import { Noted } from './support/noted.js'
import { redis, withRedis } from './support/redis.js'

test('machines of one name, such as replicas of a container, are told apart', withRedis, async t => {
  const { url } = await redis(t)
  await machine(t, url, 'twin', [], { MACHINE: 'a' })
  const second = await machine(t, url, 'twin', [], { MACHINE: 'b' })
  await second.says(/another machine is called twin: this one is twin-2\n.*twin-2 works for/s)
  const looked = await omakase(t, ['cluster', url, '--json'], { cwd: folder(t) })
  const { machines } = JSON.parse(looked.stdout) as { machines: { name: string }[] }
  assert.deepEqual(
    machines.map(({ name }) => name),
    ['twin', 'twin-2'],
  )
  const fn = new Noted(
    t,
    `export const setup = async () => {
      note(process.env.MACHINE + '.txt', 'up')
      while (!isThere('a.txt') || !isThere('b.txt')) await pause(5)
    }
    export default (n: number) => n`,
  )
  const ended = await omakase(t, ['map', 'fn.ts', '--range', '1..9', '--on', url], { cwd: fn.cwd })
  assert.equal(ended.code, 0, ended.stderr)
})

test('a machine that was killed has its name again when it comes back', withRedis, async t => {
  const { url } = await redis(t)
  const before = await machine(t, url, 'phoenix')
  before.child.kill('SIGKILL')
  const after = start(t, ['worker', url, '--name', 'phoenix'], { cwd: folder(t) })
  await after.says(/^phoenix works for/m)
})
