import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkpoint, forever, run, sleep, use } from 'omakase'
import { fan, forEach, map, pipe, take, toArray } from 'omakase/stream'
import { virtualClock } from 'omakase/testing'
import { fails } from '../core/fails.js'
import { turns } from '../core/turns.js'
import { Counted } from './counted.js'

for (const ordered of [true, false]) {
  for (const [workers, buffer] of [
    [1, 0],
    [1, 3],
    [4, 0],
    [4, 2],
    [3, 10],
  ] as const) {
    test(`C47: never more than workers + buffer are under way (${workers} + ${buffer}, ordered: ${ordered})`, async () => {
      const source = new Counted(100)
      let calls = 0
      let mostCalls = 0
      let most = 0
      let given = 0
      const worker = function* (n: number) {
        mostCalls = Math.max(mostCalls, ++calls)
        most = Math.max(most, source.pulled - given)
        yield* sleep((n * 7) % 5)
        calls--
        return n
      }
      const seen: number[] = []
      const read = pipe(
        fan(source.sync, worker, { workers, buffer, ordered }),
        forEach(function* (n) {
          most = Math.max(most, source.pulled - given)
          given++
          seen.push(n)
          yield* sleep(n % 3)
        }),
      )
      await run(read, { clock: virtualClock() })
      assert.equal(seen.length, 100)
      if (ordered)
        assert.deepEqual(
          seen,
          [...seen].sort((a, b) => a - b),
        )
      assert.equal(new Set(seen).size, 100)
      assert.equal(mostCalls, workers)
      assert.ok(most <= workers + buffer, `${most}`)
    })
  }
}

test('C47: workers are busy side by side', async () => {
  const starts: number[] = []
  const clock = virtualClock()
  await run(
    pipe(
      fan(
        [0, 1, 2, 3, 4, 5],
        function* (n) {
          starts[n] = clock.now()
          yield* sleep(10)
        },
        { workers: 3 },
      ),
      toArray(),
    ),
    { clock },
  )
  assert.deepEqual(starts, [0, 0, 0, 10, 10, 10])
})

test('C47: results that are not ordered come as they are ready', async () => {
  const delays = [30, 10, 20]
  const worker = function* (ms: number) {
    yield* sleep(ms)
    return ms
  }
  const read = (ordered: boolean) =>
    run(pipe(fan(delays, worker, { ordered }), toArray()), { clock: virtualClock() })
  assert.deepEqual(await read(false), [10, 20, 30])
  assert.deepEqual(await read(true), delays)
})

test('C47: breaking off cancels all calls, and each has cleaned up before the reading is over', async () => {
  const source = new Counted()
  let running = 0
  const worker = function* (n: number) {
    running++
    try {
      if (n > 1) yield* forever()
      return n
    } finally {
      yield* checkpoint()
      running--
    }
  }
  const stream = fan(source.sync, worker, { workers: 5 })
  for await (const item of stream) if (item === 1) break
  assert.equal(running, 0)
  assert.deepEqual(await pipe(stream, take(2), toArray()), [0, 1])
  assert.equal(running, 0)
  const task = run(pipe(stream, toArray()))
  await turns()
  assert.equal(running, 5)
  task.cancel()
  await task.settled()
  assert.equal(running, 0)
  assert.equal(source.opened, 3)
  assert.ok(source.isClosedOnce)
})

test('C47: an error in one call fails the reading, cancels the others, and is not swallowed', async () => {
  const source = new Counted()
  const error = new Error('call')
  const unwound: number[] = []
  const worker = function* (n: number) {
    try {
      if (n === 2) throw error
      yield* forever()
    } finally {
      if (n !== 2) unwound.push(n)
    }
  }
  await fails(pipe(fan(source.sync, worker, { workers: 3 }), toArray()), error)
  assert.deepEqual(unwound.sort(), [0, 1])
  assert.ok(source.isClosedOnce)
})

test('C47: errors of two calls in the same turn are both thrown', async () => {
  const exit = await run(
    pipe(
      fan(
        ['a', 'b'],
        function* (text) {
          yield* sleep(5)
          throw new Error(text)
        },
        { workers: 2 },
      ),
      toArray(),
    ),
    { clock: virtualClock() },
  ).settled()
  assert.ok(exit.status === 'failed')
  assert.deepEqual((exit.error as AggregateError).errors.map(error => error.message).sort(), ['a', 'b'])
})

test('C47: an error of the source is thrown when nobody works any more', async () => {
  const error = new Error('source')
  let running = 0
  const read = pipe(
    fan(
      function* () {
        yield 1
        yield 2
        throw error
      },
      function* () {
        running++
        try {
          yield* forever()
        } finally {
          running--
        }
      },
      { workers: 3 },
    ),
    toArray(),
  )
  await fails(read, error)
  assert.equal(running, 0)
})

test('C47: nobody works before somebody reads', async () => {
  let calls = 0
  const stream = fan([1, 2, 3], () => calls++)
  await turns()
  assert.equal(calls, 0)
  await pipe(stream, toArray())
  assert.equal(calls, 3)
})

test('C47: what a call opens is closed when the call ends, and not with the stream', async () => {
  const log: string[] = []
  const visit = function* (n: number) {
    yield* use(
      () => log.push(`open ${n}`),
      () => log.push(`close ${n}`),
    )
  }
  for (const stream of [fan([1, 2], visit, { workers: 1, buffer: 0 }), pipe([1, 2], map(visit))]) {
    log.length = 0
    await pipe(
      stream,
      forEach(() => log.push('given')),
    )
    assert.deepEqual(log, ['open 1', 'close 1', 'given', 'open 2', 'close 2', 'given'])
  }
})
