import assert from 'node:assert/strict'
import { test } from 'node:test'
import { channel, co, run, toAsyncIterable } from 'omakase'

test('async code loops over what a receiver gets, to the end of the channel', async () => {
  const [sender, receiver] = channel<number>()
  const sending = run(function* () {
    for (let i = 0; i < 5; i++) yield* sender.send(i)
    sender.close()
  })
  const got: number[] = []
  for await (const item of toAsyncIterable(receiver)) got.push(item)
  assert.deepEqual(got, [0, 1, 2, 3, 4])
  await sending
})

test('R32: leaving the loop closes the receiver', async () => {
  for (const make of [toAsyncIterable, (same: AsyncIterable<number>) => same] as (typeof toAsyncIterable)[]) {
    const [sender, receiver] = channel<number>(5)
    for (let i = 0; i < 5; i++) sender.trySend(i)
    for await (const item of make(receiver)) if (item === 2) break
    assert.throws(() => sender.trySend(9), { name: 'BrokenError' })
    const [failing, failed] = channel<number>(1)
    failing.trySend(1)
    await assert.rejects(async () => {
      for await (const item of make(failed)) throw new Error(`item ${item}`)
    }, /item 1/)
    assert.equal(failing.statistics().receivers, 0)
  }
})

test('what was left gives nothing more', async () => {
  const [sender, receiver] = channel<number>(5)
  sender.trySend(1)
  const iterator = toAsyncIterable(receiver)[Symbol.asyncIterator]()
  await iterator.return!()
  assert.deepEqual(await iterator.next(), { done: true, value: undefined })
})

test('several reads at once are served in their order', async () => {
  const [sender, receiver] = channel<number>()
  const iterator = toAsyncIterable(receiver)[Symbol.asyncIterator]()
  const reads = [iterator.next(), iterator.next(), iterator.next()]
  const sending = run(function* () {
    yield* sender.send(1)
    yield* sender.send(2)
    sender.close()
  })
  const results = await Promise.all(reads)
  assert.deepEqual(
    results.map(({ value }) => value),
    [1, 2, undefined],
  )
  await sending
})

test('whatever has next and close of a receiver will do, and its closing is waited for', async () => {
  let isClosed = false
  let i = 0
  const counter = {
    next: co(function* () {
      return { done: false as const, value: i++ }
    }),
    close: async () => {
      await new Promise(setImmediate)
      isClosed = true
    },
  }
  for await (const item of toAsyncIterable<number>(counter)) if (item === 3) break
  assert.equal(i, 4)
  assert.equal(isClosed, true)
})

test('anything else is a UsageError that says what to give', () => {
  for (const wrong of [undefined, null, 1, {}, [1], channel()[0]])
    assert.throws(() => toAsyncIterable(wrong as never), {
      name: 'UsageError',
      message: /give the receiver of a channel/,
    })
})
