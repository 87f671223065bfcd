import assert from 'node:assert/strict'
import { test } from 'node:test'
import { channel, run, sleep, spawn } from 'omakase'
import {
  batch,
  drop,
  fan,
  filter,
  flatMap,
  map,
  merge,
  pipe,
  reduce,
  scan,
  take,
  toArray,
  window,
  zip,
} from 'omakase/stream'
import { fails } from '../core/fails.js'
import { turns } from '../core/turns.js'
import { Counted } from './counted.js'

function* cycle<T>(items: readonly T[]) {
  for (;;) yield* items
}

const square = (n: number) => n * n

test('C5: reading a stream over a collection twice gives everything twice', async () => {
  const stream = pipe([1, 2, 3], map(square))
  assert.deepEqual(await pipe(stream, toArray()), [1, 4, 9])
  assert.deepEqual(await pipe(stream, toArray()), [1, 4, 9])
  const again: number[] = []
  for await (const item of stream) again.push(item)
  for await (const item of stream) again.push(item)
  assert.deepEqual(again, [1, 4, 9, 1, 4, 9])
})

test('C5: two readings at the same time do not disturb each other', async () => {
  const stream = pipe(
    [1, 2, 3],
    scan((sum, n) => sum + n, 0),
  )
  const pairs = await pipe(zip(stream, pipe(stream, drop(1))), toArray())
  assert.deepEqual(pairs, [
    [1, 3],
    [3, 6],
  ])
})

for (const [what, make] of Object.entries({
  'a generator': () => cycle([1, 2]),
  'an iterator of an array': () => [1, 2].values(),
  'an async generator': () =>
    (async function* () {
      yield 1
    })(),
})) {
  test(`C5: a stream over ${what} says that it can be read once, instead of being empty`, async () => {
    const stream = pipe(make() as Iterable<number>, take(1))
    assert.deepEqual(await pipe(stream, toArray()), [1])
    await fails(pipe(stream, toArray()), { name: 'UsageError', message: /can be read once/ })
    const anew = pipe(make as () => Iterable<number>, take(1))
    for (let i = 0; i < 2; i++) assert.deepEqual(await pipe(anew, toArray()), [1])
  })
}

test('C6: nothing is read before somebody reads the end of the stream', async () => {
  const source = new Counted()
  const stream = pipe(source.sync, map(square), batch(2), take(1))
  const fanned = fan(source.sync, square)
  const sink = pipe(stream, toArray())
  await turns()
  assert.equal(source.opened, 0)
  await sink
  assert.equal(source.opened, 1)
  assert.ok(fanned)
})

const exact: Record<string, [(source: Counted) => PromiseLike<unknown>, pulled: number]> = {
  'take(5)': [source => pipe(source.sync, take(5), toArray()), 5],
  'take(0)': [source => pipe(source.sync, take(0), toArray()), 0],
  'take(5) of an async iterable': [source => pipe(source.async, take(5), toArray()), 5],
  'map and take': [source => pipe(source.sync, map(square), take(5), toArray()), 5],
  'filter and take': [
    source =>
      pipe(
        source.sync,
        filter(n => n % 2 === 1),
        take(5),
        toArray(),
      ),
    10,
  ],
  'batch and take': [source => pipe(source.sync, batch(3), take(2), toArray()), 6],
  'window and take': [source => pipe(source.sync, window(3), take(2), toArray()), 4],
  'flatMap and take': [
    source =>
      pipe(
        source.sync,
        flatMap(n => [n, n]),
        take(5),
        toArray(),
      ),
    3,
  ],
  'drop and take': [source => pipe(source.sync, drop(3), take(2), toArray()), 5],
  'take in a flatMap': [
    source =>
      pipe(
        [1, 2],
        flatMap(() => pipe(source.sync, take(3))),
        toArray(),
      ),
    6,
  ],
  'a for await that breaks off': [
    async source => {
      for await (const item of pipe(source.sync, map(square))) if (item >= 16) break
    },
    5,
  ],
  'a zip with something shorter': [source => pipe(zip([1, 2], source.sync), toArray()), 2],
}

for (const [what, [read, pulled]] of Object.entries(exact)) {
  test(`C7: ${what} pulls ${pulled} of an endless source, and closes it`, async () => {
    const source = new Counted()
    await read(source)
    assert.equal(source.pulled, pulled)
    assert.ok(source.isClosedOnce)
  })
}

test('C7: take(5) of a cycle gives five', async () => {
  assert.deepEqual(await pipe(() => cycle('ab'.split('')), take(5), toArray()), ['a', 'b', 'a', 'b', 'a'])
})

test('C7: a reader reads nothing ahead of what is asked for', async () => {
  const source = new Counted()
  await run(function* () {
    const reader = pipe(source.sync, map(square)).open()
    yield* sleep(1)
    assert.equal(source.opened, 0)
    for (let i = 1; i <= 3; i++) {
      assert.deepEqual(yield* reader.next(), { done: false, value: square(i - 1) })
      yield* sleep(1)
      assert.equal(source.pulled, i)
    }
  })
  assert.ok(source.isClosedOnce)
})

test('C7: what is read one item ahead is one item', async () => {
  const source = new Counted()
  await pipe(merge(source.sync), take(3), toArray())
  assert.equal(source.pulled, 4)
})

test('C7: a sender is held back by a reader that does not read', async () => {
  await run(function* () {
    const [sender, receiver] = channel<number>()
    let sent = 0
    spawn(
      function* () {
        for (; ; sent++) yield* sender.send(sent)
      },
      { daemon: true },
    )
    const reader = pipe(receiver, map(square)).open()
    yield* reader.next()
    yield* reader.next()
    yield* sleep(1)
    assert.equal(sent, 2)
    yield* reader.close()
  }).settled()
})

test('C8: a source may delegate to others, through levels, and wait in between', async () => {
  function* leaves(depth: number): Generator<any, void, any> {
    if (depth === 0) {
      yield* sleep(0)
      yield 'leaf'
    } else for (let i = 0; i < 2; i++) yield* leaves(depth - 1)
  }
  assert.equal(
    await pipe(
      () => leaves(5),
      reduce(count => count + 1, 0),
    ),
    32,
  )
})

test('C6: a long stream runs in constant memory', async () => {
  const heap: number[] = []
  await pipe(
    new Counted(300_000).sync,
    map(n => `line ${n} ${'x'.repeat(100)}`),
    batch(100),
    map(function* (lines) {
      return lines.length
    }),
    reduce((count, n) => {
      if (count % 100_000 === 0) {
        globalThis.gc?.()
        heap.push(process.memoryUsage().heapUsed)
      }
      return count + n
    }, 0),
  )
  // 300,000 lines that were kept would be 30 MB and more.
  assert.ok(heap[2]! - heap[0]! < 20e6, `${heap}`)
})
