import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { local, run, sleep } from 'omakase'
import { BadUsage, type MapOptions, map } from 'omakase/map'
import { share } from 'omakase/workers'
import { folder } from '../cli/support/folder.js'
import { moduleOf } from './support/files.js'
import { machine } from './support/machine.js'
import { redis, withRedis } from './support/redis.js'

const user = local('user', 'nobody')

test('map on the machines of a cluster', withRedis, async t => {
  const server = await redis(t)
  const on = server.url as NonNullable<MapOptions['on']>
  await machine(t, server.url, 'one')
  await machine(t, server.url, 'two')

  await t.test('outputs come in the order of the inputs, in async code and in a coroutine', async t => {
    const square = moduleOf(t, 'export default (n: number) => n * n')
    const inputs = Array.from({ length: 50 }, (_, n) => n)
    const squares = inputs.map(n => n * n)
    assert.deepEqual(await map(inputs, square, { on }).outputs(), squares)
    await run(function* () {
      assert.deepEqual(yield* map(inputs, square, { on }).outputs(), squares)
    })
    const seen: unknown[] = []
    for await (const { output } of map(inputs, square, { on, ordered: true })) seen.push(output)
    assert.deepEqual(seen, squares)
  })

  await t.test('values go and come back as structured clones', async t => {
    const same = moduleOf(t, 'export default (given: unknown) => given')
    const given = {
      map: new Map([['a', new Set([1])]]),
      date: new Date(0),
      big: 2n ** 70n,
      bytes: Buffer.from('ä'),
      error: new RangeError('far'),
      none: undefined,
    }
    const [got] = await map([given], same, { on }).outputs()
    assert.deepEqual(got, given)
    assert.ok((got as typeof given).error instanceof RangeError)
  })

  await t.test('what cannot be cloned is refused by name, and what can be goes on', async t => {
    const same = moduleOf(t, 'export default (given: unknown) => typeof given')
    const results = []
    const inputs = ['a', { deep: [() => {}] }, share({ add() {} })]
    for await (const result of map<any, any>(inputs, same, { on, ordered: true })) results.push(result)
    assert.equal(results[0]!.output, 'string')
    assert.match(String(results[1]!.error), /input\.deep\[0\] is a function, which cannot leave its process/)
    assert.match(String(results[2]!.error), /input is shared, and is used on its own machine only/)
  })

  await t.test('an error has its class, its cause and its own properties', async t => {
    const failing = moduleOf(
      t,
      `export default () => {
         throw Object.assign(new TypeError('no', { cause: new Error('why') }), { code: 7 })
       }`,
    )
    await assert.rejects(
      async () => await map([1], failing, { on }).outputs(),
      (thrown: TypeError & { code: number }) =>
        thrown instanceof TypeError &&
        thrown.message === 'no' &&
        (thrown.cause as Error).message === 'why' &&
        thrown.code === 7 &&
        /work\.ts:2/.test(thrown.stack!),
    )
  })

  await t.test('retries, timeouts and the report are those of any run', async t => {
    const flaky = moduleOf(
      t,
      `export default async (n: number, { attempt }: { attempt: number }) => {
         if (n === 1 && attempt < 3) throw new Error('again')
         if (n === 2) await new Promise(() => {})
         return attempt
       }`,
    )
    const report = join(folder(t), 'report.json')
    const results = []
    for await (const result of map([1, 2], flaky, { on, retries: 2, timeout: 900, ordered: true, report }))
      results.push(result)
    assert.equal(results[0]!.output, 3)
    assert.equal((results[1]!.error as Error).name, 'TimeoutError')
    const { items, plan } = JSON.parse(readFileSync(report, 'utf8'))
    assert.deepEqual(items, { ok: 1, failed: 1, skipped: 0 })
    assert.equal(plan.executor, 'cluster')
  })

  await t.test('task-locals go along', async t => {
    const who = moduleOf(
      t,
      `import { co, checkpoint, local } from 'omakase'
       const user = local('user', 'nobody')
       export default co(function* () { yield* checkpoint(); return user.get() })`,
    )
    // A module of this package finds it by its name only from inside.
    await run(function* () {
      assert.deepEqual(yield* user.with('ann', () => map([1], who, { on }).outputs()), ['ann'])
    })
  })

  await t.test('leaving the loop cancels what runs there, and waits until it has cleaned up', async t => {
    const marks = folder(t)
    const waits = moduleOf(
      t,
      `import { writeFileSync } from 'node:fs'
       export default async (n: number, { signal }: { signal: AbortSignal }) => {
         if (n === 0) return n
         writeFileSync(${JSON.stringify(marks)} + '/begun' + n, '')
         await new Promise(end => signal.addEventListener('abort', end))
         await new Promise(end => setTimeout(end, 50))
         writeFileSync(${JSON.stringify(marks)} + '/cleaned' + n, '')
       }`,
    )
    const begun = () => existsSync(join(marks, 'begun1')) || existsSync(join(marks, 'begun2'))
    for await (const { input } of map([0, 1, 2], waits, { on })) {
      assert.equal(input, 0)
      while (!begun()) await sleep(10)
      break
    }
    for (const n of [1, 2])
      assert.equal(existsSync(join(marks, `cleaned${n}`)), existsSync(join(marks, `begun${n}`)))
  })

  await t.test('a signal ends the run with its reason', async t => {
    const hangs = moduleOf(t, 'export default () => new Promise(() => {})')
    const controller = new AbortController()
    const outputs = map([1], hangs, { on, signal: controller.signal }).outputs()
    setTimeout(() => controller.abort(new Error('enough')), 300)
    await assert.rejects(async () => await outputs, /enough/)
  })

  await t.test('what cannot be there is refused before anything begins', async t => {
    const same = moduleOf(t, 'export default (given: unknown) => given')
    const refused = (run: () => Promise<unknown>, message: RegExp) =>
      assert.rejects(run, (error: Error) => error instanceof BadUsage && message.test(error.message))
    await refused(
      async () => await map([1], n => n, { on }).outputs(),
      /a closure cannot leave this event loop; pass a module: new URL/,
    )
    await refused(
      async () => await map([1], same, { on, shared: { seen: share({}) } }).outputs(),
      /^shared: .*stay/,
    )
    await refused(
      async () => await map([1], same, { on: 'redis://127.0.0.1:1' }).outputs(),
      /redis:\/\/127\.0\.0\.1:1/,
    )
  })

  await t.test('after a run nothing of it is left in Redis, but its code for a while', async t => {
    const client = server.client(t)
    const keys = (await client.keys('*')).filter(key => /\{/.test(key))
    assert.deepEqual(keys, [])
  })
})
