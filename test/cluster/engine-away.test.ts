import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Command, start } from '../cli/support/command.js'
import { folder } from '../cli/support/folder.js'
import { assertEachOnce, linesOf } from '../cli/support/journal.js'
import { assertEnded, slow } from './support/long.js'
import { machine } from './support/machine.js'
import { type Middleman, proxy } from './support/proxy.js'
import { redis, withRedis } from './support/redis.js'
import { jobsThatWait } from './support/waiting-jobs.js'

const COUNT = 1500

interface Long {
  readonly run: Command
  /** When its file has so many lines. */
  wrote(lines: number): Promise<void>
  /** Fails unless the run ends well, and its file has each item once. */
  endsWell(): Promise<void>
}

/** A run of some seconds over these machines' engine. */
function long(t: TestContext, url: string, count = COUNT): Long {
  const cwd = folder(t, { 'slow.ts': slow(20) })
  const run = start(t, ['map', 'slow.ts', '--range', `0..${count - 1}`, '--on', url, '-o', 'out.jsonl'], {
    cwd,
  })
  const file = `${cwd}/out.jsonl`
  return {
    run,
    async wrote(lines) {
      while (linesOf(file).length < lines) {
        if (run.child.exitCode !== null)
          throw new Error(`it ended with ${linesOf(file).length} lines:\n${run.stderr}`)
        await sleep(20, undefined, { signal: t.signal })
      }
    },
    async endsWell() {
      assertEnded(await run.ended)
      assertEachOnce(file, count)
    },
  }
}

test('Redis is killed and comes back with its append-only file: the run goes on', withRedis, async t => {
  const server = await redis(t, '--appendonly', 'yes')
  await machine(t, server.url, 'one')
  await machine(t, server.url, 'two')
  const { run, wrote, endsWell } = long(t, server.url)
  await wrote(100)
  await server.stop('SIGKILL')
  await run.says(/waiting for the engine/)
  await server.start()
  await endsWell()
})

test('Redis comes back empty: what has no line is published again', withRedis, async t => {
  const server = await redis(t)
  await machine(t, server.url, 'one')
  await machine(t, server.url, 'two')
  const { wrote, endsWell } = long(t, server.url)
  await wrote(100)
  await server.stop('SIGKILL')
  await server.start()
  await endsWell()
})

test('FLUSHALL in the middle of a run loses nothing', withRedis, async t => {
  const server = await redis(t)
  await machine(t, server.url, 'one')
  await machine(t, server.url, 'two')
  const { wrote, endsWell } = long(t, server.url)
  await wrote(100)
  await server.client(t).flushall()
  await wrote(500)
  await server.client(t).flushall()
  await endsWell()
})

/** A run that is under way on one machine, and a way to what its engine has. */
async function underWay(t: TestContext) {
  const server = await redis(t)
  await machine(t, server.url, 'one')
  const { wrote, endsWell } = long(t, server.url, 600)
  await wrote(50)
  return { client: server.client(t), endsWell }
}

test('jobs that are gone from the queue are published again', withRedis, async t => {
  const { client, endsWell } = await underWay(t)
  const jobs = await jobsThatWait(t, client, 1)
  await client.del(...jobs, ...(await client.keys('omakase:work*:wait')))
  await endsWell()
})

test('jobs that the engine has, and in no line, are published again', withRedis, async t => {
  const { client, endsWell } = await underWay(t)
  const [meta] = (await client.keys('omakase:work*:meta')) as [string]
  const line = (name: string) => meta.replace(/meta$/, name)
  // As an engine may that is allowed to evict. There is no empty list.
  while ((await client.del(line('wait'))) === 0) await sleep(1, undefined, { signal: t.signal })
  await client.del(line('active'))
  await endsWell()
})

test('connections that are reset again and again are made anew', withRedis, async t => {
  const server = await redis(t)
  const near = await proxy(t, server)
  const far = await proxy(t, server)
  await machine(t, near.url, 'one')
  await machine(t, server.url, 'two')
  const { wrote, endsWell } = long(t, far.url)
  for (const [lines, one] of [
    [100, near],
    [300, far],
    [500, near],
    [700, far],
    [900, near],
  ] as const) {
    await wrote(lines)
    one.reset()
  }
  await endsWell()
})

async function across(t: TestContext, cut: 'machine' | 'coordinator', ms: number): Promise<void> {
  const server = await redis(t)
  const between: Middleman = await proxy(t, server)
  await machine(t, cut === 'machine' ? between.url : server.url, 'one')
  await machine(t, server.url, 'two')
  const { wrote, endsWell } = long(t, cut === 'coordinator' ? between.url : server.url, 3000)
  await wrote(100)
  between.partition()
  await sleep(ms)
  between.heal()
  await endsWell()
}

test('a machine that is cut off for longer than its locks hold costs nothing but time', withRedis, t =>
  across(t, 'machine', 9000),
)

test('a coordinator that is cut off for longer than its lease finds its run again', withRedis, t =>
  across(t, 'coordinator', 14_000),
)

test('a coordinator that is cut off until its run is given up begins it again', withRedis, t =>
  across(t, 'coordinator', 26_000),
)
