import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run, use, wait } from 'omakase'
import { map } from 'omakase/map'
import { processes, threads, transfer } from 'omakase/workers'
import type * as work from '../support/work.js'

const url = new URL('../support/work.js', import.meta.url)
const one = { workers: 1 }

for (const [open, left] of [
  [threads, 0],
  [processes, 1000],
] as const) {
  const does = open === threads ? 'is moved to a thread' : 'is copied to a process'

  test(`what is marked ${does}, as an argument and as what is returned`, async () => {
    await run(function* () {
      const pool = yield* use(open<typeof work>(url, one))
      const buffer = new ArrayBuffer(1000)
      assert.equal(yield* pool.call('sizes', transfer(buffer)), 1000)
      assert.equal(buffer.byteLength, left)
      const bytes = new Uint8Array(1000)
      assert.equal(yield* pool.call('sizes', transfer(bytes)), 1000)
      assert.equal(bytes.byteLength, left)
      assert.deepEqual(yield* pool.call('makes', 1000, true), {
        width: 1000,
        data: new Uint8Array(1000).fill(3),
      })
      assert.equal(yield* pool.call('whatIsLeft'), left)
    })
  })

  test(`inputs of a map: what is marked ${does}`, async () => {
    const inputs = Array.from({ length: 20 }, () => transfer(new ArrayBuffer(1000)))
    const on = open === threads ? 'threads' : 'processes'
    const sizes = await map<number>(inputs, new URL('#sizes', url), { on }).outputs()
    assert.deepEqual(sizes, Array(20).fill(1000))
    assert.deepEqual(
      inputs.map(each => each.byteLength),
      Array(20).fill(left),
    )
  })
}

test('what is not marked is copied', async () => {
  await run(function* () {
    const pool = yield* use(threads<typeof work>(url, one))
    const bytes = new Uint8Array(1000)
    assert.equal(yield* pool.call('sizes', bytes), 1000)
    assert.equal(bytes.byteLength, 1000)
    yield* pool.call('makes', 1000, false)
    assert.equal(yield* pool.call('whatIsLeft'), 1000)
  })
})

test('what has been moved already is refused', async () => {
  await run(function* () {
    const pool = yield* use(threads<typeof work>(url, one))
    const buffer = transfer(new ArrayBuffer(1000))
    yield* pool.call('sizes', buffer)
    yield* wait(
      assert.rejects(
        async () => await pool.call('sizes', buffer),
        /arguments holds a buffer that has been moved to a thread already/,
      ),
    )
    assert.equal(yield* pool.call('add', 1, 2), 3)
  })
})

test('an input that was moved, and is to be run once more, fails: it is empty now', async () => {
  const inputs = [transfer(new Uint8Array(10))]
  const results = []
  for await (const { error } of map(inputs, new URL('#fails', url), { on: 'threads', retries: 1 }))
    results.push(`${error}`)
  assert.match(results.join(), /^TypeError: input holds a buffer that has been moved to a thread already/)
})

test('transfer wants to know what is moved', () => {
  assert.throws(() => transfer({ a: 1 }), { name: 'BadUsage', message: /transfer\(value, \[buffer\]\)/ })
})
