import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Redis } from 'ioredis'
import { all, co, moveOnAfter, run, scope, sleep, spawn, timeout, use, wait } from 'omakase'
import { BadUsage, type ClusterOptions, cluster, DeathError } from 'omakase/cluster'
import { dump } from 'omakase/debug'
import { share } from 'omakase/workers'
import { folder } from '../cli/support/folder.js'
import * as work from '../workers/support/work.js'
import { moduleOf } from './support/files.js'
import { machine } from './support/machine.js'
import { redis, withRedis } from './support/redis.js'

const url = new URL('../workers/support/work.js', import.meta.url)

test('a pool on the machines of a cluster', withRedis, async t => {
  const server = await redis(t)
  const on = server.url as ClusterOptions['on']
  const one = await machine(t, server.url, 'one')
  const open = (options: Partial<ClusterOptions> = {}) =>
    cluster<typeof work>(url, { on, workers: 1, ...options })

  await t.test('functions are called by name, with types that follow from the module', async () => {
    await run(function* () {
      const pool = yield* use(open())
      const sum: number = yield* pool.call('add', 1, 2)
      const text: string = yield* pool.call('later', 'text')
      const counted: number = yield* pool.call('counted', 3)
      const generated: string = yield* pool.call('generated')
      assert.deepEqual([sum, text, counted, generated], [3, 'text', 3, 'generated'])
      // @ts-expect-error there is no such function
      const none = pool.call('nothing')
      yield* wait(assert.rejects(async () => await none, /no function "nothing"; it exports add/))
      // @ts-expect-error it takes numbers
      yield* pool.call('add', '1', 2)
      assert.deepEqual(
        yield* all(Array.from({ length: 100 }, (_, i) => () => pool.call('add', i, 1))),
        Array.from({ length: 100 }, (_, i) => i + 1),
      )
      const { ok, failed, running, waiting, workers, deaths } = pool.statistics()
      assert.deepEqual([ok, failed, running, waiting, workers, deaths], [105, 1, 0, 0, 1, 0])
    })
  })

  await t.test('it is used from async code, and has ended afterwards', async () => {
    const pool = await open()
    assert.equal(await pool.call('add', 20, 22), 42)
    await pool[Symbol.asyncDispose]()
    await assert.rejects(async () => await pool.call('add', 1, 1), /has ended/)
  })

  await t.test('an error has its class and its fields, and its stack leads back to who called', async () => {
    await run(function* () {
      const pool = yield* use(open({ name: 'work' }))
      const caller = co(function* caller() {
        yield* pool.call('fails')
      })
      const exit = yield* scope(() => spawn(() => caller(), { name: 'asking' }).settled(), {
        failFast: false,
      })
      assert.ok(exit.status === 'failed')
      const error = exit.error as RangeError & { code: string }
      assert.ok(error instanceof RangeError)
      assert.equal(error.code, 'E_FAR')
      const lines = error.stack!.split('\n').map(line => line.trim())
      assert.equal(lines[0], 'RangeError: too far')
      assert.match(lines[1]!, /^at .*work\.[jt]s:\d+:\d+/)
      const there = lines.findIndex(line => /^on one \(pid \d+\)$/.test(line))
      assert.ok(there > 0, error.stack)
      assert.equal(lines[there + 1], 'called as fails() in work')
      assert.match(lines[there + 2]!, /^at caller .*pool\.test/)
    })
  })

  await t.test('what cannot travel is refused by name', async () => {
    await run(function* () {
      const pool = yield* use(open())
      const refused = (body: () => Promise<unknown>, message: RegExp) => wait(assert.rejects(body, message))
      yield* refused(
        async () => await pool.call('takes', 1, { deep: [() => {}] }),
        /arguments\[1\]\.deep\[0\] is a function/,
      )
      yield* refused(async () => await pool.call('takes', share({})), /arguments\[0\] is shared/)
      yield* refused(async () => await pool.call('gives'), /output\.fn is a function/)
      assert.equal(yield* pool.call('add', 1, 1), 2)
    })
  })

  await t.test('cancelling a call aborts it there, and its finally has run when that is told', async t => {
    const marks = join(folder(t), 'marks')
    await run(function* () {
      const pool = yield* use(open())
      const call = spawn(() => pool.call('cleansUp', marks))
      while (!(yield* wait(isThere(marks)))) yield* sleep(10)
      call.cancel()
      assert.equal((yield* call.settled()).status, 'cancelled')
      assert.equal(readFileSync(marks, 'utf8'), 'begun\ncleaned up\n')
      assert.equal(yield* pool.call('add', 1, 1), 2)
    })
  })

  await t.test('a call that nobody has taken yet leaves the queue when it is cancelled', async t => {
    const client = server.client(t)
    await run(function* () {
      const pool = yield* use(open())
      const busy = spawn(() => pool.call('hangs'))
      const calls = Array.from({ length: 20 }, () => spawn(() => pool.call('add', 1, 1)))
      while ((yield* wait(waitingIn(client))) === 0) yield* sleep(10)
      for (const call of calls) call.cancel()
      for (const call of calls) assert.equal((yield* call.settled()).status, 'cancelled')
      assert.equal(yield* wait(waitingIn(client)), 0)
      busy.cancel()
    })
  })

  await t.test('a call that never gives its event loop back is cut by killing its worker', async () => {
    await run(function* () {
      const pool = yield* use(open())
      const endless = async () => await timeout(50, () => pool.call('endless'))
      yield* wait(assert.rejects(endless, { name: 'TimeoutError' }))
      assert.equal(yield* pool.call('add', 1, 1), 2)
    })
  })

  await t.test('the deadline of the caller is the deadline there', async t => {
    const marks = join(folder(t), 'marks')
    await run(function* () {
      const pool = yield* use(open())
      assert.equal(yield* pool.call('left'), Infinity)
      const left = yield* timeout(60_000, () => pool.call('left'))
      assert.ok(left > 30_000 && left <= 60_000, `${left}`)
      assert.equal(yield* moveOnAfter(300, () => pool.call('outlasts', marks)), undefined)
      assert.equal(readFileSync(marks, 'utf8'), 'cut\n')
    })
  })

  await t.test('task-locals go along, but for those that cannot be cloned', async () => {
    await run(function* () {
      const pool = yield* use(open())
      assert.deepEqual(yield* pool.call('whoAmI'), ['nobody', null, 'nobody'])
      const carried = yield* work.user.with('ann', () =>
        work.trace.with({ id: 7 }, () => pool.call('whoAmI')),
      )
      assert.deepEqual(carried, ['ann', { id: 7 }, 'ann'])
      const fewer = yield* work.user.with('ann', () =>
        work.trace.with({ fn() {} }, () => pool.call('whoAmI')),
      )
      assert.deepEqual(fewer, ['ann', null, 'ann'])
    })
  })

  await t.test('a dump shows the tasks there, under the task that waits for them', async () => {
    await run(function* () {
      const pool = yield* use(open({ name: 'work' }))
      const task = spawn(() => pool.call('family'), { name: 'asking' })
      let text = ''
      while (!text.includes('writer')) {
        yield* sleep(20)
        text = yield* wait(dump({ workers: true }))
      }
      assert.match(
        text,
        /"asking" #\d+: waits on family\(\) in work[^\n]*\n\s+in process \d+ on one:\n\s+"family" #\d+: waits on/,
      )
      assert.doesNotMatch(dump(), /writer/)
      task.cancel()
    })
  })

  await t.test('a worker that exits fails the call that it had, once, and no other', async () => {
    await run(function* () {
      const pool = yield* use(open())
      const [exit, values] = yield* scope(
        function* () {
          const dying = spawn(() => pool.call('exits', 3))
          const others = Array.from({ length: 20 }, (_, i) => spawn(() => pool.call('add', i, 0)))
          const exit = yield* dying.settled()
          return [exit, yield* all(others.map(other => () => other))] as const
        },
        { failFast: false },
      )
      assert.ok(exit.status === 'failed' && exit.error instanceof DeathError)
      assert.equal(exit.error.message, 'the worker exited with code 3')
      assert.deepEqual(
        values,
        Array.from({ length: 20 }, (_, i) => i),
      )
    })
  })

  await t.test('what cannot be opened says why', async t => {
    const refused = (body: () => Promise<unknown>, message: RegExp) =>
      assert.rejects(body, (error: Error) => error instanceof BadUsage && message.test(error.message))
    const throwing = moduleOf(t, 'throw new Error("at once")', 'throwing.mjs')
    await refused(async () => await cluster(new URL('nothing.ts', url), { on }), /nothing\.ts/)
    await refused(
      async () => await cluster(throwing, { on }),
      /on one: .*throwing\.mjs threw while it loaded: Error: at once/,
    )
    await refused(
      async () => await cluster(url, { on: 'processes' as 'redis' }),
      /^on: processes: write where/,
    )
    await refused(async () => await cluster(url, { on, shared: {} } as ClusterOptions), /^shared: /)
  })

  await t.test('after its scope nothing of a pool is left, neither there nor in Redis', async t => {
    const client = server.client(t)
    assert.deepEqual(
      (await client.keys('*')).filter(key => key.includes('{')),
      [],
    )
    assert.equal(await waitingIn(client), 0)
    assert.deepEqual(workersOf(one.child.pid!), [])
  })

  await t.test('without a machine it waits, and can be cancelled', async t => {
    const { url } = await redis(t)
    const waits = async () =>
      await timeout(300, () => cluster(new URL('nowhere', url), { on: url as 'redis' }))
    await assert.rejects(waits)
    const opening = run(() =>
      cluster(new URL('../workers/support/work.js', import.meta.url), { on: url as 'redis' }),
    )
    await sleep(300)
    opening.cancel()
    assert.equal((await opening.settled()).status, 'cancelled')
  })
})

async function isThere(file: string): Promise<boolean> {
  try {
    return readFileSync(file, 'utf8') !== ''
  } catch {
    return false
  }
}

/** Jobs that no machine has taken yet. */
async function waitingIn(client: Redis): Promise<number> {
  const queues = await client.keys('omakase:*:wait')
  return (await Promise.all(queues.map(queue => client.llen(queue)))).reduce((sum, count) => sum + count, 0)
}

/** Processes that this one has started, and that are there. */
function workersOf(parent: number): string[] {
  return readdirSync('/proc').filter(pid => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[3] === String(parent)
    } catch {
      return false
    }
  })
}
