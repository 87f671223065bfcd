import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import {
  abortSignal,
  CancelledError,
  ClosedError,
  checkpoint,
  currentTask,
  deadline,
  forEach,
  forever,
  local,
  run,
  sleep,
  spawn,
  timeout,
} from 'omakase'
import {
  batch,
  broadcast,
  fan,
  filter,
  map,
  merge,
  pipe,
  type Stream,
  tee,
  through,
  toArray,
  forEach as toEach,
} from 'omakase/stream'
import { virtualClock } from 'omakase/testing'
import { fails, raise } from '../core/fails.js'
import { holds, thrownBy } from '../core/thrown.js'
import { turns } from '../core/turns.js'
import { Counted } from './counted.js'

test('a stream that is read with yield* is a part of the task tree: it sees the locals of its task', async () => {
  const user = local('user', 'nobody')
  const read = (stream: ReturnType<typeof users>) => pipe(stream, toArray())
  const users = () =>
    pipe(
      function* () {
        yield user.get()
      },
      map(name => [name, user.get()]),
      map(names => [...names, user.get()], { concurrency: 2 }),
    )
  await run(function* () {
    const names = yield* user.with('ann', function* () {
      const reader = users().open()
      const { value } = yield* reader.next()
      return [value, ...(yield* read(users()))]
    })
    assert.deepEqual(names, [
      ['ann', 'ann', 'ann'],
      ['ann', 'ann', 'ann'],
    ])
  })
})

test('forEach of the core reads a stream in a child of its caller: locals, deadline and reason reach its stages', async () => {
  const user = local('user', 'nobody')
  const seen: unknown[] = []
  const task = run(
    () =>
      user.with('ann', () =>
        timeout(1000, () =>
          forEach(
            pipe(function* () {
              const signal = abortSignal()
              try {
                yield user.get()
                yield deadline()
                yield* forever()
              } finally {
                seen.push(signal.reason.reason)
              }
            }),
            function* (item) {
              seen.push(item)
            },
          ),
        ),
      ),
    { clock: virtualClock({ autojump: false }) },
  )
  await turns()
  task.cancel('enough')
  assert.equal((await task.settled()).status, 'cancelled')
  assert.deepEqual(seen, ['ann', 1000, 'enough'])
})

test('forEach of the core closes a stream that it leaves, and an error of the closing is not lost', async () => {
  const counted = new Counted()
  const item = new Error('item')
  await fails(
    run(() => forEach(pipe(counted.sync), n => (n === 3 ? raise(item) : n))),
    item,
  )
  assert.deepEqual([counted.opened, counted.returned, counted.pulled], [1, 1, 4])
  const closing = new Error('closing')
  const broken = pipe(function* () {
    try {
      for (;;) yield 1
    } finally {
      raise(closing)
    }
  })
  holds(await thrownBy(run(() => forEach(broken, () => raise(item)))), item, closing)
})

test('a stage that cancels its own task is the last to see an item', async () => {
  const seen: number[] = []
  const task = run(
    pipe(
      new Counted().sync,
      map(n => {
        seen.push(n)
        if (n === 5) currentTask()!.cancel()
        return n
      }),
      filter(() => true),
      toArray(),
    ),
  )
  assert.equal((await task.settled()).status, 'cancelled')
  assert.deepEqual(seen, [0, 1, 2, 3, 4, 5])
})

const behind: Record<string, (stream: Stream<number>) => Stream<unknown>> = {
  'map, several at once': stream =>
    pipe(
      stream,
      map(n => n, { concurrency: 2 }),
    ),
  merge: stream => merge(stream, [1]),
  'batch with a time': stream => pipe(stream, batch(2, 10)),
  through: stream =>
    pipe(
      stream,
      through<number, number>(() => new PassThrough({ objectMode: true })),
    ),
}

for (const [what, make] of Object.entries(behind)) {
  test(`a task of a stream that is cancelled by one of its functions fails the stream: nobody waits for ever (${what})`, async () => {
    const source = new Counted(10)
    const suicide = map((n: number) => {
      if (n === 5) currentTask()!.cancel('no more')
      return n
    })
    await fails(pipe(make(pipe(source.sync, suicide)), toArray()), {
      name: 'CancelledError',
      reason: 'no more',
    })
    assert.ok(source.isClosedOnce)
  })
}

test('a call that cancels its own task fails the stream', async () => {
  const call = function* (n: number) {
    if (n === 5) currentTask()!.cancel('no more')
    yield* checkpoint()
    return n
  }
  const source = new Counted(10)
  for (const ordered of [true, false])
    await fails(pipe(fan(source.sync, call, { ordered }), toArray()), {
      name: 'CancelledError',
      reason: 'no more',
    })
  await fails(pipe(source.sync, tee(toEach(call)), toArray()), { name: 'CancelledError', reason: 'no more' })
  await fails(pipe(source.sync, broadcast(toEach(call), toArray())), {
    name: 'CancelledError',
    reason: 'no more',
  })
  assert.equal(source.opened, 4)
  assert.ok(source.isClosedOnce)
})

test('an endless stream of plain functions lets timers and other tasks run, and can be cancelled', async () => {
  let turned = 0
  const endless = run(
    pipe(
      new Counted().sync,
      filter(() => false),
      toArray(),
    ),
  )
  const other = run(function* () {
    for (let i = 0; i < 10; i++) {
      yield* sleep(1)
      turned++
    }
  })
  await other
  assert.equal(turned, 10)
  endless.cancel()
  assert.equal((await endless.settled()).status, 'cancelled')
})

test('an async function of a stage gets a signal that is aborted when the stream is cancelled', async () => {
  for (const concurrency of [1, 2]) {
    const aborted: unknown[] = []
    const task = run(
      pipe(
        [1, 2],
        map(
          (n, _, signal) =>
            new Promise<number>((_, reject) => {
              signal.addEventListener('abort', () => {
                aborted.push(n)
                reject(signal.reason)
              })
            }),
          { concurrency },
        ),
        toArray(),
      ),
    )
    await turns()
    task.cancel('enough')
    const exit = await task.settled()
    assert.ok(exit.status === 'cancelled' && exit.reason instanceof CancelledError)
    assert.deepEqual(aborted, [1, 2].slice(0, concurrency))
  }
})

test('forEach of the runtime reads a stream', async () => {
  const source = new Counted(5)
  const seen: number[] = []
  await run(() =>
    forEach(
      pipe(
        source.sync,
        map(n => n * 2),
      ),
      n => void seen.push(n),
      { concurrency: 2 },
    ),
  )
  assert.deepEqual(seen, [0, 2, 4, 6, 8])
  assert.ok(source.isClosedOnce)
})

test('a reader gives each item to one of those who ask, first come first served', async () => {
  await run(function* () {
    const reader = pipe([1, 2, 3]).open()
    const asked = ['a', 'b', 'c', 'd'].map(name =>
      spawn(function* () {
        return `${name}${(yield* reader.next()).value}`
      }),
    )
    const got: string[] = []
    for (const task of asked) got.push(yield* task)
    assert.deepEqual(got, ['a1', 'b2', 'c3', 'dundefined'])
  })
})

test('an item that was read for somebody who was cancelled goes to the next who asks', async () => {
  await run(
    function* () {
      const reader = pipe(
        [1, 2],
        map(function* (n) {
          yield* sleep(10)
          return n
        }),
      ).open()
      const impatient = spawn(() => reader.next())
      yield* sleep(5)
      impatient.cancel()
      yield* sleep(20)
      assert.equal((yield* reader.next()).value, 1)
      assert.equal((yield* reader.next()).value, 2)
    },
    { clock: virtualClock() },
  )
})

test('a reader that is closed says so to those who ask', async () => {
  await run(function* () {
    const reader = pipe(() =>
      (function* () {
        yield* forever()
        yield 1
      })(),
    ).open()
    const waiting = spawn(function* () {
      try {
        yield* reader.next()
      } catch (error) {
        return error
      }
    })
    yield* checkpoint()
    yield* reader.close()
    assert.ok((yield* waiting) instanceof ClosedError)
    try {
      yield* reader.next()
      assert.fail('it is closed')
    } catch (error) {
      assert.ok(error instanceof ClosedError)
    }
    yield* reader.close()
  })
})

test('open() outside of a task says what to write instead', () => {
  assert.throws(() => pipe([1]).open(), { name: 'UsageError', message: /for await/ })
})

test('an error between two items reaches the next who asks for one', async () => {
  const error = new Error('call')
  const stream = fan([1, 2, 3], function* (n) {
    if (n === 2) {
      yield* sleep(1)
      throw error
    }
    return n
  })
  const iterator = stream[Symbol.asyncIterator]()
  assert.deepEqual(await iterator.next(), { done: false, value: 1 })
  await new Promise(resolve => setTimeout(resolve, 5))
  await fails(iterator.next(), error)
  assert.deepEqual(await iterator.next(), { done: true, value: undefined })
})

test('an error that nobody asked for is thrown when the reading is broken off', async () => {
  const error = new Error('call')
  const stream = fan([1, 2], function* (n) {
    if (n === 2) {
      yield* sleep(1)
      throw error
    }
    return n
  })
  await fails(
    (async () => {
      for await (const _ of stream) {
        await new Promise(resolve => setTimeout(resolve, 5))
        break
      }
    })(),
    error,
  )
})

test('an iterator that was returned before it began has opened nothing', async () => {
  const source = new Counted()
  const iterator = pipe(source.sync)[Symbol.asyncIterator]()
  assert.deepEqual(await iterator.return!(), { done: true, value: undefined })
  assert.deepEqual(await iterator.next(), { done: true, value: undefined })
  assert.equal(source.opened, 0)
})

test('a sink is used once, as everything that can be waited for', async () => {
  const sink = pipe(
    [1],
    toEach(() => {}),
  )
  await sink
  await fails(run(sink), { name: 'UsageError', message: /used twice/ })
})
