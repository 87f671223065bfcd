import assert from 'node:assert/strict'
import { test } from 'node:test'
import { start } from '../cli/support/command.js'
import { folder } from '../cli/support/folder.js'
import { assertEachOnce, linesOf } from '../cli/support/journal.js'
import { assertEnded } from './support/long.js'
import { machine } from './support/machine.js'
import { redis, withRedis } from './support/redis.js'
import { waitingJobs } from './support/waiting-jobs.js'

const COUNT = 600
/** Each takes 20 kB, twice that in the engine, so that all of them are more than it can hold. */
const INPUTS = Array.from({ length: COUNT }, (_, i) => JSON.stringify(`${i} ${'x'.repeat(20_000)}`)).join(
  '\n',
)
const FILES = {
  'inputs.jsonl': INPUTS,
  'slow.ts': `export default async (text: string) => {
  await new Promise(go => setTimeout(go, 20))
  return text.slice(0, 5000)
}`,
}
const ARGS = ['map', 'slow.ts', 'inputs.jsonl', '-o', 'out.jsonl']

async function until(test: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await test())) await new Promise(go => setTimeout(go, 50))
}

test('more inputs than the engine has room for never fill it', withRedis, async t => {
  const server = await redis(t, '--maxmemory', '10mb')
  await machine(t, server.url, 'one')
  const cwd = folder(t, FILES)
  const run = start(t, [...ARGS, '--on', server.url], { cwd })
  assertEnded(await run.ended)
  assertEachOnce(`${cwd}/out.jsonl`, COUNT)
  assert.doesNotMatch(await server.client(t).info('errorstats'), /OOM/)
})

test('an engine that others fill gets back its chunks when there is room again', withRedis, async t => {
  const server = await redis(t, '--maxmemory', '5mb')
  await machine(t, server.url, 'one')
  const cwd = folder(t, FILES)
  const run = start(t, [...ARGS, '--on', server.url], { cwd })
  await until(() => linesOf(`${cwd}/out.jsonl`).length >= 20)
  const client = server.client(t)
  await until(async () => (await waitingJobs(client)).length > 0)
  const fillers: string[] = []
  const fill = async () => {
    for (const size of [200_000, 20_000, 2000]) {
      for (let isFull = false; !isFull; ) {
        const name = `filler ${fillers.length}`
        fillers.push(name)
        isFull = (await client.set(name, 'x'.repeat(size)).catch(() => null)) === null
      }
    }
  }
  // What machines and coordinator give back is taken at once, until nothing waits in the queue any more.
  await until(async () => {
    await fill()
    return (await waitingJobs(client)).length === 0
  })
  assert.match(await client.info('errorstats'), /OOM/)
  await client.del(...fillers)
  assertEnded(await run.ended)
  assertEachOnce(`${cwd}/out.jsonl`, COUNT)
})
