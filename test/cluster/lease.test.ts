import assert from 'node:assert/strict'
import { linkSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { fileIdentity } from '#src/cluster/coordinator/file-identity.js'
import { type Command, omakase, start } from '../cli/support/command.js'
import { folder } from '../cli/support/folder.js'
import { assertEachOnce, linesOf } from '../cli/support/journal.js'
import { assertEnded, slow } from './support/long.js'
import { machine } from './support/machine.js'
import { type RedisServer, redis, withRedis } from './support/redis.js'

const COUNT = 1500
const ENDLESS = 1_000_000

interface Begun {
  readonly run: Command
  readonly cwd: string
  readonly file: string
  readonly args: string[]
}

async function begin(t: TestContext, url: string, count = COUNT): Promise<Begun> {
  const cwd = folder(t, { 'slow.ts': slow(20) })
  const args = ['map', 'slow.ts', '--range', `0..${count - 1}`, '--on', url, '-o', 'out.jsonl']
  const run = start(t, args, { cwd })
  const file = `${cwd}/out.jsonl`
  await until(() => linesOf(file).length >= 100)
  return { run, cwd, file, args }
}

async function until(test: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await test())) await new Promise(go => setTimeout(go, 50))
}

/** What the engine holds of runs. */
async function left(t: TestContext, server: RedisServer): Promise<() => Promise<string[]>> {
  const client = server.client(t)
  return async () => {
    const keys = await client.keys('omakase:{*')
    const jobs = (await client.keys('omakase:work*')).filter(key => /:(wait|active)$|-\d+(:lock)?$/.test(key))
    return [...keys, ...jobs]
  }
}

test(
  'a run whose coordinator was killed is given up, and nothing of it stays; --resume goes on',
  withRedis,
  async t => {
    const server = await redis(t)
    await machine(t, server.url, 'one')
    await machine(t, server.url, 'two')
    const { run, cwd, file, args } = await begin(t, server.url)
    const what = await left(t, server)
    assert.notDeepEqual(await what(), [])
    run.child.kill('SIGKILL')
    await until(async () => (await what()).length === 0)
    assertEnded(await omakase(t, [...args, '--resume'], { cwd }))
    assertEachOnce(file, COUNT)
  },
)

test('--resume ends the run that was killed, and writes each item once', withRedis, async t => {
  const server = await redis(t)
  await machine(t, server.url, 'one')
  const { run, cwd, file, args } = await begin(t, server.url)
  const client = server.client(t)
  const before = await client.keys('omakase:{*}')
  run.child.kill('SIGKILL')
  await run.ended
  const lines = linesOf(file).length
  const next = start(t, [...args, '--resume'], { cwd })
  await until(() => linesOf(file).length > lines)
  const now = await client.keys('omakase:{*}')
  assert.equal(before.length, 1)
  assert.equal(now.length, 1)
  assert.notDeepEqual(now, before)
  assertEnded(await next.ended)
  assertEachOnce(file, COUNT)
})

test('a second run with the same file is refused, and harms the first in nothing', withRedis, async t => {
  const server = await redis(t)
  await machine(t, server.url, 'one')
  const { run, cwd, file, args } = await begin(t, server.url, ENDLESS)
  for (const how of ['--resume', '--force']) {
    const second = await omakase(t, [...args, how], { cwd })
    assert.equal(second.code, 2)
    assert.match(second.stderr, /^omakase: .*out\.jsonl is being written by another run, process \d+/m)
  }
  const lines = linesOf(file).length
  await until(() => linesOf(file).length > lines)
  run.interrupt()
  assert.equal((await run.ended).code, 130)
})

test('a short run is done while a long one goes on', withRedis, async t => {
  const server = await redis(t)
  await machine(t, server.url, 'one')
  const { file } = await begin(t, server.url, ENDLESS)
  const cwd = folder(t, { 'slow.ts': slow(5) })
  const args = ['map', 'slow.ts', '--range', '0..199', '--on', server.url, '-o', 'out.jsonl']
  assertEnded(await omakase(t, args, { cwd }))
  assertEachOnce(`${cwd}/out.jsonl`, 200)
  const lines = linesOf(file).length
  await until(() => linesOf(file).length > lines)
})

test("a file is the same under each of its names, and a device is nobody's", async t => {
  const cwd = folder(t, { 'one.jsonl': '', 'other.jsonl': '' })
  linkSync(`${cwd}/one.jsonl`, `${cwd}/link.jsonl`)
  const identity = await fileIdentity(`${cwd}/one.jsonl`)
  assert.equal(await fileIdentity(`${cwd}/link.jsonl`), identity)
  assert.notEqual(await fileIdentity(`${cwd}/other.jsonl`), identity)
  assert.equal(await fileIdentity('/dev/null'), null)
})
