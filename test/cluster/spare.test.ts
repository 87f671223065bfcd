import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { omakase, outputs } from '../cli/support/command.js'
import { folder } from '../cli/support/folder.js'
import { machine } from './support/machine.js'
import { redis, withRedis } from './support/redis.js'

const PLACE = { 'place.ts': 'export default () => process.pid' }

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
}

async function spareOf(pid: number, but = 0): Promise<number> {
  for (;;) {
    const [spare] = childrenOf(pid).filter(child => child !== but)
    if (spare !== undefined) return spare
    await new Promise(go => setTimeout(go, 50))
  }
}

const withProc = { skip: withRedis.skip || (process.platform !== 'linux' && 'it looks into /proc') }

test(
  'a machine that has nothing to do has a process ready for the next run, and for the one after',
  withProc,
  async t => {
    const { url } = await redis(t)
    const one = await machine(t, url, 'one')
    const cwd = folder(t, PLACE)
    const first = await spareOf(one.child.pid!)
    const args = ['map', 'place.ts', '--range', '1..3', '--workers', '1', '--on', url]
    assert.deepEqual(new Set(outputs(await omakase(t, args, { cwd }))), new Set([first]))
    const second = await spareOf(one.child.pid!, first)
    assert.deepEqual(new Set(outputs(await omakase(t, args, { cwd }))), new Set([second]))
  },
)

test('a machine whose ready process was killed starts another one', withProc, async t => {
  const { url } = await redis(t)
  const one = await machine(t, url, 'one')
  const cwd = folder(t, PLACE)
  const first = await spareOf(one.child.pid!)
  process.kill(first, 'SIGKILL')
  const second = await spareOf(one.child.pid!, first)
  const ended = await omakase(t, ['map', 'place.ts', '--range', '1..3', '--workers', '1', '--on', url], {
    cwd,
  })
  assert.deepEqual(new Set(outputs(ended)), new Set([second]))
})

test('a machine that leaves takes its ready process with it', withProc, async t => {
  const { url } = await redis(t)
  const one = await machine(t, url, 'one')
  const spare = await spareOf(one.child.pid!)
  one.child.kill('SIGTERM')
  assert.equal((await one.ended).code, 0)
  while (isThere(spare)) await new Promise(go => setTimeout(go, 50))
})

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
