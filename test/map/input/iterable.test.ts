import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromIterable } from '#src/map/input/iterable.js'
import { BadUsage } from '#src/workers/bad-usage.js'
import { collect } from './collect.js'

test('arrays, iterables and async iterables are inputs, and so are the values of promises in them', async () => {
  const expected = [
    { index: 0, input: 'a' },
    { index: 1, input: undefined },
  ]
  async function* slowly() {
    yield* ['a', undefined]
  }
  assert.deepEqual(await collect(fromIterable(['a', undefined])), expected)
  assert.deepEqual(await collect(fromIterable([Promise.resolve('a'), undefined])), expected)
  assert.deepEqual(await collect(fromIterable(new Set(['a', undefined]))), expected)
  assert.deepEqual(await collect(fromIterable([Promise.resolve('a'), undefined].values())), expected)
  assert.deepEqual(await collect(fromIterable(slowly())), expected)
})

test('the total of an array is known, that of anything else is not', () => {
  assert.deepEqual(fromIterable([1, 2]).progress(), { done: 0, total: 2, exact: true })
  assert.equal(fromIterable(new Set([1])).progress(), undefined)
})

test('an iterable is pulled one by one, when the item is asked for', async () => {
  const made: number[] = []
  function* endless() {
    for (let n = 0; ; n++) {
      made.push(n)
      yield n
    }
  }
  const items = fromIterable(endless())[Symbol.asyncIterator]()
  assert.deepEqual(made, [])
  await items.next()
  await items.next()
  assert.deepEqual(made, [0, 1])
})

test('breaking off returns from the owner, and waits for it', async () => {
  const seen: string[] = []
  async function* inputs() {
    try {
      yield 1
      yield 2
    } finally {
      await null
      seen.push('closed')
    }
  }
  for await (const _ of fromIterable(inputs())) break
  assert.deepEqual(seen, ['closed'])
})

test('breaking off reaches an owner whose next item has not come', async () => {
  let wake!: (result: IteratorResult<number>) => void
  const inputs: AsyncIterable<number> = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise(done => (wake = done)),
      async return() {
        wake({ done: true, value: undefined })
        return { done: true, value: undefined }
      },
    }),
  }
  const items = fromIterable(inputs)[Symbol.asyncIterator]()
  const pending = items.next()
  await items.return?.()
  assert.equal((await pending).done, true)
})

test('an error of the owner ends the inputs', async () => {
  const boom = new Error('boom')
  function* inputs() {
    yield 1
    throw boom
  }
  const items = fromIterable(inputs())[Symbol.asyncIterator]()
  await items.next()
  await assert.rejects(items.next(), boom)
  assert.equal((await items.next()).done, true)
})

test('what is no list of inputs is refused', () => {
  for (const [inputs, said] of [
    ['https://example.com', /one string as its inputs: write \[text\]/],
    [5, /a number as its inputs: write an array, an iterable or an async iterable/],
    [null, /was given null/],
    [{ length: 2 }, /an object without an iterator as its inputs/],
  ] as const) {
    assert.throws(
      () => collectNow(inputs),
      (error: Error) => error instanceof BadUsage && said.test(error.message),
    )
  }
})

function collectNow(inputs: unknown) {
  return fromIterable(inputs as Iterable<unknown>)[Symbol.asyncIterator]()
}
