import assert from 'node:assert/strict'
import { test } from 'node:test'
import { co, run, sleep } from 'omakase'
import {
  batch,
  broadcast,
  forEach,
  map,
  merge,
  pipe,
  reduce,
  type Stream,
  take,
  tee,
  throttle,
  toArray,
  zip,
} from 'omakase/stream'
import { virtualClock } from 'omakase/testing'
import { fails, raise } from '../core/fails.js'

const every = (ms: number, count: number, name = '') =>
  function* () {
    for (let i = 1; i <= count; i++) {
      yield* sleep(ms)
      yield `${name}${i}`
    }
  }

const virtually = <T>(read: PromiseLike<T>): Promise<T> =>
  (async () => await run(() => read as never, { clock: virtualClock() }))() as Promise<T>

test('merge gives items as they come', async () => {
  assert.deepEqual(await virtually(pipe(merge(every(10, 3, 'a'), every(14, 2, 'b'), []), toArray())), [
    'a1',
    'b1',
    'a2',
    'b2',
    'a3',
  ])
  assert.deepEqual(await pipe(merge(), toArray()), [])
})

test('merge fails when one of its sources does', async () => {
  const error = new Error('source')
  const bad = function* () {
    yield* sleep(15)
    raise(error)
    yield 1
  }
  const seen: unknown[] = []
  const read = pipe(
    merge(every(10, 10), bad),
    forEach(item => seen.push(item)),
  )
  await fails(virtually(read), error)
  assert.deepEqual(seen, ['1'])
})

test('zip takes one of each, however long that takes', async () => {
  assert.deepEqual(
    await virtually(pipe(zip(every(10, 3), every(20, 5, 'x'), [true, false, true, false]), toArray())),
    [
      ['1', 'x1', true],
      ['2', 'x2', false],
      ['3', 'x3', true],
    ],
  )
})

test('batch with a time gives what has come within it', async () => {
  const items = function* () {
    yield 1
    yield 2
    yield* sleep(100)
    yield 3
    for (let i = 4; i < 10; i++) {
      yield* sleep(10)
      yield i
    }
  }
  const read = pipe(items, batch(4, 25), toArray())
  assert.deepEqual(await virtually(read), [[1, 2], [3, 4, 5], [6, 7, 8], [9]])
})

test('batch with a time gives a full one at once, and loses nothing to a slow reader', async () => {
  const batches: number[][] = []
  const read = pipe(
    [1, 2, 3, 4, 5, 6, 7],
    batch(3, 10),
    forEach(function* (items) {
      batches.push(items)
      yield* sleep(50)
    }),
  )
  await virtually(read)
  assert.deepEqual(batches, [[1, 2, 3], [4, 5, 6], [7]])
})

test('batch with the time 0 gives what is there', async () => {
  assert.deepEqual((await virtually(pipe([1, 2, 3], batch(2, 0), toArray()))).flat(), [1, 2, 3])
})

test('throttle lets no more than so many pass in any stretch of time', async () => {
  const clock = virtualClock()
  const times: number[] = []
  await run(
    pipe(
      [1, 2, 3, 4, 5, 6],
      throttle(2, 100),
      forEach(function* () {
        times.push(clock.now())
        yield* sleep(30)
      }),
    ),
    { clock },
  )
  assert.deepEqual(times, [0, 30, 100, 130, 200, 230])
})

test('throttle does not wait at the end', async () => {
  const clock = virtualClock()
  await run(pipe([1, 2], throttle(1, 100), toArray()), { clock })
  assert.equal(clock.now(), 100)
})

test('tee gives each item to its sink as well, at the pace of the slower one', async () => {
  const log: string[] = []
  const clock = virtualClock()
  const slow = forEach(function* (n: number) {
    yield* sleep(10)
    log.push(`side ${n} at ${clock.now()}`)
  })
  const main = await run(pipe([1, 2, 3], tee(slow), toArray()), { clock })
  assert.deepEqual(main, [1, 2, 3])
  assert.deepEqual(log, ['side 1 at 10', 'side 2 at 20', 'side 3 at 30'])
})

test('tee waits for its sink also where the stream is broken off', async () => {
  const log: unknown[] = []
  const side = (stream: Stream<number>) =>
    pipe(
      stream,
      map(function* (n) {
        yield* sleep(10)
        return n
      }),
      reduce((all: number[], n) => [...all, n], []),
    )
  const logged = function* (stream: Stream<number>) {
    log.push(yield* side(stream))
  }
  await virtually(pipe([1, 2, 3, 4], tee(co(logged)), take(2), toArray()))
  assert.deepEqual(log, [[1, 2]])
})

test('an error in the sink of a tee fails the stream', async () => {
  const error = new Error('side')
  await fails(
    pipe(
      [1, 2, 3],
      tee(
        forEach(n => {
          if (n === 2) raise(error)
        }),
      ),
      toArray(),
    ),
    error,
  )
})

test('broadcast gives every item to each sink, and what they give', async () => {
  const slow = forEach<number>(() => sleep(10))
  const [sum, all, nothing, same] = await virtually(
    pipe(
      [1, 2, 3],
      broadcast(
        reduce((a: number, b: number) => a + b, 0),
        toArray<number>(),
        slow,
        (stream: Stream<number>) => pipe(stream, map(String), toArray()),
      ),
    ),
  )
  assert.deepEqual([sum, all, nothing, same], [6, [1, 2, 3], undefined, ['1', '2', '3']])
  assert.deepEqual(await pipe([1], broadcast()), [])
})

test('an error in one sink of a broadcast cancels the others', async () => {
  const error = new Error('sink')
  const read = pipe(
    [1, 2, 3],
    broadcast(
      forEach(() => raise(error)),
      forEach(() => sleep(1_000_000)),
    ),
  )
  await fails(read, error)
})
