import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BrokenError, channel, checkpoint, forever, race, run, sleep, timeout } from 'omakase'
import {
  batch,
  broadcast,
  fan,
  filter,
  flatMap,
  forEach,
  map,
  merge,
  pipe,
  type Stream,
  scan,
  take,
  tee,
  throttle,
  toArray,
  window,
  zip,
} from 'omakase/stream'
import { cancelSweep, virtualClock } from 'omakase/testing'
import { fails, raise } from '../core/fails.js'
import { turns } from '../core/turns.js'
import { Counted } from './counted.js'

type Make = (source: Counted) => Stream<unknown>

const pause = function* (n: number) {
  yield* sleep(1)
  return n
}

/** Streams of each kind, over a source that ends after some items or never does. */
const streams: Record<string, Make> = {
  'a bare source': source => pipe(source.sync),
  'a bare async source': source => pipe(source.async),
  'map, filter, scan, window': source =>
    pipe(
      source.sync,
      map(pause),
      filter(n => n % 2 === 0),
      scan((a, b) => a + b, 0),
      window(2),
    ),
  'map of async functions': source =>
    pipe(
      source.async,
      map(async n => n),
    ),
  'map, several at once': source => pipe(source.sync, map(pause, { concurrency: 3 })),
  'fan, one of another': source => fan(fan(source.async, pause, { workers: 2 }), pause, { ordered: false }),
  'flatMap over sources': source =>
    pipe(
      source.sync,
      flatMap(() => pipe(source.async, take(2))),
    ),
  'flatMap over a fan': source =>
    pipe(
      source.sync,
      flatMap(() => fan(new Counted(3).sync, pause)),
    ),
  'batch with a time': source => pipe(source.sync, map(pause), batch(3, 2)),
  throttle: source => pipe(source.sync, throttle(1, 1)),
  merge: source => merge(source.sync, source.async, pipe(source.sync, map(pause))),
  zip: source => pipe(zip(source.sync, source.async)),
  tee: source => pipe(source.sync, tee(forEach(pause))),
  'tee, with a sink that has soon had enough': source =>
    pipe(
      source.sync,
      tee(stream => pipe(stream, take(2), toArray())),
    ),
}

for (const [what, make] of Object.entries(streams)) {
  test(`R32: ${what}: the source is closed when a take has had enough`, async () => {
    const source = new Counted()
    await run(pipe(make(source), take(3), toArray()), { clock: virtualClock() })
    assert.ok(source.opened > 0 && source.isClosedOnce)
  })

  test(`R32: ${what}: the source is closed when a for await is broken off`, async () => {
    const source = new Counted()
    let left = 3
    for await (const _ of make(source)) if (--left === 0) break
    assert.ok(source.opened > 0 && source.isClosedOnce)
  })

  test(`R32: ${what}: the source is closed when a reader is closed, or when its scope ends`, async () => {
    for (const closes of [true, false]) {
      const source = new Counted()
      await run(
        function* () {
          const reader = make(source).open()
          yield* reader.next()
          if (!closes) return
          yield* reader.close()
          assert.ok(source.isClosedOnce)
        },
        { clock: virtualClock() },
      )
      assert.ok(source.opened > 0 && source.isClosedOnce)
    }
  })

  test(`R32: ${what}: the source is closed when what reads it fails`, async () => {
    const source = new Counted()
    const error = new Error('sink')
    await fails(
      run(
        pipe(
          make(source),
          forEach((_, index) => {
            if (index === 2) raise(error)
          }),
        ),
        { clock: virtualClock() },
      ),
      error,
    )
    assert.ok(source.opened > 0 && source.isClosedOnce)
  })

  test(`R32: ${what}: a source that has ended by itself is not closed again`, async () => {
    const source = new Counted(4)
    await run(pipe(make(source), toArray()), { clock: virtualClock() })
    assert.ok(source.isClosedOnce)
  })

  test(`R32: ${what}: cancelled wherever it waits, nothing is left and the source is closed once`, async () => {
    let source = new Counted(4)
    const points = await cancelSweep(
      () => {
        source = new Counted(4)
        return pipe(make(source), toArray())
      },
      () => assert.ok(source.isClosedOnce),
    )
    assert.ok(points > 0)
  })

  test(`R32: ${what}: read item by item, cancelled wherever it waits, nothing is left`, async () => {
    let source = new Counted(4)
    await cancelSweep(
      () =>
        function* () {
          source = new Counted(4)
          const reader = make(source).open()
          for (let i = 0; i < 3; i++) if ((yield* reader.next()).done) return
          yield* reader.close()
        },
      () => assert.ok(source.isClosedOnce),
    )
  })
}

test('R32: closing goes from the reader to the source, and each is waited for', async () => {
  const log: string[] = []
  const layer = (name: string) =>
    function* () {
      log.push(`open ${name}`)
      try {
        for (let i = 0; ; i++) yield i
      } finally {
        yield* checkpoint()
        log.push(`close ${name}`)
      }
    }
  const stream = pipe(
    layer('outer'),
    flatMap(() => layer('inner')()),
  )
  await pipe(stream, take(3), toArray())
  assert.deepEqual(log, ['open outer', 'open inner', 'close inner', 'close outer'])
})

test('R32: a generator that waits is unwound where it waits, when nobody reads it any more', async () => {
  const log: string[] = []
  const source = function* () {
    try {
      yield 1
      yield* forever()
      yield 2
    } catch {
      log.push('caught')
    } finally {
      yield* sleep(1)
      log.push('closed')
    }
  }
  await fails(
    run(() => timeout(5, pipe(source, toArray())), { clock: virtualClock() }),
    { name: 'TimeoutError' },
  )
  assert.deepEqual(log, ['closed'])
})

test('R32: the loser of a race closes its source before the race is over', async () => {
  const source = new Counted()
  const winner = await run(() => race([pipe(source.sync, map(pause), toArray()), sleep(5)]), {
    clock: virtualClock(),
  })
  assert.equal(winner, undefined)
  assert.ok(source.pulled > 1 && source.isClosedOnce)
})

test('R32: an error that closing throws is not lost', async () => {
  const item = new Error('item')
  const closing = new Error('closing')
  const source = () =>
    (function* () {
      try {
        for (;;) yield 1
      } finally {
        raise(closing)
      }
    })()
  const exit = await run(
    pipe(
      source,
      forEach(() => raise(item)),
    ),
  ).settled()
  assert.ok(exit.status === 'failed')
  assert.deepEqual((exit.error as AggregateError).errors, [item, closing])
  await fails(pipe(source, take(1), toArray()), closing)
  await fails(
    (async () => {
      for await (const _ of pipe(source)) break
    })(),
    closing,
  )
  const task = run(function* () {
    const reader = pipe(source).open()
    yield* reader.next()
  })
  await fails(task, closing)
})

test('R32: where one of several sources fails to close, the others are closed all the same', async () => {
  const source = new Counted()
  const closing = new Error('closing')
  const bad = function* () {
    try {
      for (;;) yield 1
    } finally {
      raise(closing)
    }
  }
  await fails(pipe(zip(source.sync, bad, source.async), take(1), toArray()), closing)
  assert.equal(source.opened, 2)
  assert.ok(source.isClosedOnce)
})

test('R32: a receiver is closed, so that its senders learn that nobody listens', async () => {
  const [sender, receiver] = channel<number>(10)
  for (let i = 0; i < 5; i++) sender.trySend(i)
  assert.deepEqual(await pipe(receiver, take(2), toArray()), [0, 1])
  assert.throws(() => sender.trySend(1), BrokenError)
})

test('R32: a broadcast closes its source when all sinks have had enough, and not before', async () => {
  const source = new Counted()
  const first = (count: number) => (stream: Stream<number>) => pipe(stream, take(count), toArray())
  const given = await pipe(source.sync, broadcast(first(2), first(4), first(0)))
  assert.deepEqual(given, [[0, 1], [0, 1, 2, 3], []])
  assert.equal(source.pulled, 4)
  assert.ok(source.isClosedOnce)
})

test('R32: an iterator that waits for ever for its next item is closed by its own return', async () => {
  const log: string[] = []
  let give!: (result: IteratorResult<number>) => void
  const source = {
    [Symbol.asyncIterator]: () => ({
      next: () =>
        new Promise<IteratorResult<number>>(resolve => {
          give = resolve
        }),
      async return() {
        await turns()
        log.push('closed')
        give({ done: true, value: undefined })
        return { done: true as const, value: undefined }
      },
    }),
  }
  const task = run(pipe(source, toArray()))
  await turns()
  task.cancel()
  assert.equal((await task.settled()).status, 'cancelled')
  assert.deepEqual(log, ['closed'])
})

test('R32: a task that reads ahead ends before the sources that it has opened meanwhile, and opens no others', async () => {
  const ready = function* (n: number) {
    yield* checkpoint()
    return n
  }
  for (const kind of ['sync', 'async'] as const)
    for (let length = 0; length < 16; length++) {
      const parts: Counted[] = []
      const part = (size: number, kind: 'sync' | 'async') => {
        const counted = new Counted(size)
        parts.push(counted)
        return counted[kind]
      }
      const stream = pipe(
        part(20, 'sync'),
        flatMap(n => pipe(part(n % 4, kind))),
        map(ready, { concurrency: 2 }),
      )
      for await (const pair of zip(stream, part(length, 'async'))) assert.equal(pair.length, 2)
      for (const each of parts) assert.ok(each.isClosedOnce, `${length} items, ${kind}`)
    }
})
