import assert from 'node:assert/strict'
import { test } from 'node:test'
import { all, race, run, sleep, use, wait } from 'omakase'
import { map } from 'omakase/map'
import { processes, type Shared, share, threads } from 'omakase/workers'
import type * as sharing from '../support/sharing.js'
import type { Counter } from '../support/sharing.js'

const url = new URL('../support/sharing.js', import.meta.url)

function counter(): Counter {
  return {
    total: 0,
    add(n) {
      this.total += n
      return this.total
    },
    async slowly(n) {
      await null
      return this.add(n)
    },
    fail() {
      throw Object.assign(new RangeError('no more'), { code: 'E_FULL' })
    },
    fresh: () => share(counter()),
    give: () => ({ deep: { fn() {} } }),
  }
}

function each(sentence: string, check: (open: typeof threads) => Promise<void>): void {
  test(`${sentence} (in processes)`, () => check(processes))
  test(`${sentence} (in threads)`, () => check(threads))
}

each(
  'all workers use one object, as an argument and inside of one; methods and properties are awaited',
  async open => {
    await run(function* () {
      const pool = yield* use(open<typeof sharing>(url, { workers: 2 }))
      const real = counter()
      const shared = share(real)
      yield* all(Array.from({ length: 10 }, () => () => pool.call('add', shared, 20)))
      assert.equal(real.total, 200)
      assert.equal(yield* pool.call('slowly', shared), 205)
      assert.equal(yield* pool.call('nested', { at: [{ counter: shared }] }), 215)
      assert.equal(yield* pool.call('add', shared, 0), 215)
    })
  },
)

each('what a method throws is thrown in the worker, as an error of its class', async open => {
  await run(function* () {
    const pool = yield* use(open<typeof sharing>(url, { workers: 1 }))
    assert.deepEqual(yield* pool.call('fail', share(counter())), [true, 'RangeError', 'no more', 'E_FULL'])
  })
})

each('what is not there, and what cannot be cloned, is said by name', async open => {
  await run(function* () {
    const pool = yield* use(open<typeof sharing>(url, { workers: 1 }))
    const shared = share(counter())
    for (const [what, message] of [
      ['nothing', /no method nothing\(\)/],
      ['total', /no method total\(\)/],
      ['constructor', /no method constructor\(\)/],
      ['give', /what give gives\.deep\.fn is a function/],
    ] as const)
      yield* wait(assert.rejects(async () => await pool.call('wrong', shared, what), message))
  })
})

each('an object that a shared one gives is shared, too', async open => {
  await run(function* () {
    const pool = yield* use(open<typeof sharing>(url, { workers: 1 }))
    assert.equal(yield* pool.call('passOn', share(counter())), 2)
  })
})

each('setup gets what the option gives, and it answers until teardown has ended', async open => {
  const real = counter()
  await run(function* () {
    const pool = yield* use(open<typeof sharing>(url, { workers: 2, shared: { counter: share(real) } }))
    assert.ok((yield* pool.call('fromSetup')) >= 100)
  })
  assert.equal(real.total, 2200)
})

each('it answers while the calls are being cancelled', async open => {
  const real = counter()
  await run(function* () {
    const pool = yield* use(open<typeof sharing>(url, { workers: 1 }))
    yield* race([() => pool.call('untilCancelled', share(real)), () => sleep(100)])
  })
  assert.equal(real.total, 1)
})

for (const on of ['processes', 'threads', 'loop'] as const)
  test(`the items of a map have it in their context (${on})`, async () => {
    const real = counter()
    const inputs = Array.from({ length: 100 }, (_, i) => i)
    assert.deepEqual(await map(inputs, url, { on, shared: { counter: share(real) } }).outputs(), inputs)
    assert.equal((real.total - 4950) % 1100, 0)
  })

test('here it is used in the same way, and a closure has it in its context', async () => {
  const shared: Shared<Counter> = share(counter())
  assert.equal(await shared.add(2), 2)
  assert.equal(await shared.total, 2)
  await assert.rejects(shared.fail(), RangeError)
  assert.equal(await (async () => shared)(), shared)
  assert.throws(() => {
    // @ts-expect-error it is read only
    shared.total = 3
  }, /cannot be set/)
  const seen = await map([1, 2], (n, { shared }) => shared.counter.add(n), {
    shared: { counter: shared },
  }).outputs()
  assert.deepEqual(seen, [3, 5])
})

test('the option takes nothing but what share gave', async () => {
  await assert.rejects(
    async () => await map([1], url, { shared: { counter: {} as never } }).outputs(),
    /shared: .* write \{ name: share\(object\) \}/,
  )
})
