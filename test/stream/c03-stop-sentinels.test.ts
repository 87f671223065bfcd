import assert from 'node:assert/strict'
import { test } from 'node:test'
import { channel, run } from 'omakase'
import {
  fan,
  filter,
  flatMap,
  forEach,
  map,
  merge,
  pipe,
  reduce,
  scan,
  take,
  tee,
  toArray,
  zip,
} from 'omakase/stream'
import { fails } from '../core/fails.js'
import { Counted } from './counted.js'

class StopIteration extends Error {}

function ended(): unknown {
  const [sender, receiver] = channel()
  sender.close()
  try {
    receiver.tryReceive()
  } catch (error) {
    return error
  }
  return assert.fail('a channel that has ended gives nothing')
}

/** What somebody might throw, or give, to say "that was all". */
const sentinels: Record<string, unknown> = {
  'an error called StopIteration': new StopIteration('stop'),
  'the EndError of a channel': ended(),
  'the result of an iterator that has ended': { done: true, value: undefined },
  undefined: undefined,
  'a symbol': Symbol('omakase.end'),
}

const thrower = (sentinel: unknown) => (item: number) => {
  if (item === 3) throw sentinel
  return item
}

const stages: Record<
  string,
  (fn: (item: number) => any, source: () => Iterable<number>) => PromiseLike<unknown>
> = {
  map: (fn, source) => pipe(source, map(fn), toArray()),
  'map, several at once': (fn, source) => pipe(source, map(fn, { concurrency: 3 }), toArray()),
  'map of coroutines': (fn, source) =>
    pipe(
      source,
      map(function* (item) {
        return fn(item)
      }),
      toArray(),
    ),
  'map of async functions': (fn, source) =>
    pipe(
      source,
      map(async item => fn(item)),
      toArray(),
    ),
  filter: (fn, source) => pipe(source, filter(fn), toArray()),
  scan: (fn, source) =>
    pipe(
      source,
      scan((_, item) => fn(item), 0),
      toArray(),
    ),
  flatMap: (fn, source) =>
    pipe(
      source,
      flatMap(item => [fn(item)]),
      toArray(),
    ),
  'a generator in flatMap': (fn, source) =>
    pipe(
      source,
      flatMap(function* (item) {
        yield fn(item)
      }),
      toArray(),
    ),
  forEach: (fn, source) => pipe(source, forEach(fn)),
  reduce: (fn, source) =>
    pipe(
      source,
      reduce((_, item) => fn(item), 0),
    ),
  tee: (fn, source) => pipe(source, tee(forEach(fn)), toArray()),
  fan: (fn, source) => pipe(fan(source, fn, { workers: 2 }), toArray()),
  merge: (fn, source) => pipe(merge(pipe(source, map(fn)), [1, 2]), toArray()),
  zip: (fn, source) => pipe(zip(pipe(source, map(fn)), source), toArray()),
  'a stage before take': (fn, source) => pipe(source, map(fn), take(10), toArray()),
  'a source': (fn, source) =>
    pipe(function* () {
      for (const item of source()) yield fn(item)
    }, toArray()),
  'an async source': (fn, source) =>
    pipe(async function* () {
      for (const item of source()) yield fn(item)
    }, toArray()),
}

for (const [where, read] of Object.entries(stages)) {
  for (const [what, sentinel] of Object.entries(sentinels)) {
    test(`C3: ${what}, thrown in ${where}, fails the stream and does not cut it short`, async () => {
      const source = new Counted()
      const exit = await run(async () => await read(thrower(sentinel), source.sync)).settled()
      assert.ok(exit.status === 'failed')
      assert.equal(exit.error, sentinel)
      assert.ok(source.isClosedOnce)
    })
  }
}

test('C3: what looks like an end is an item like any other where a stage gives it', async () => {
  const items = Object.values(sentinels)
  assert.deepEqual(
    await pipe(
      items,
      map(item => item),
      filter(() => true),
      toArray(),
    ),
    items,
  )
  assert.deepEqual(
    await pipe(
      items,
      flatMap(item => [item]),
      toArray(),
    ),
    items,
  )
})

test('C3: a reader and a for await are thrown the sentinel, and then the stream is over', async () => {
  const stop = new StopIteration('stop')
  const stream = pipe([1, 2, 3, 4], map(thrower(stop)))
  const seen: number[] = []
  await fails(
    (async () => {
      for await (const item of stream) seen.push(item)
    })(),
    stop,
  )
  assert.deepEqual(seen, [1, 2])
  await run(function* () {
    const reader = stream.open()
    assert.equal((yield* reader.next()).value, 1)
    assert.equal((yield* reader.next()).value, 2)
    try {
      yield* reader.next()
      assert.fail('it has failed')
    } catch (error) {
      assert.equal(error, stop)
    }
    assert.deepEqual(yield* reader.next(), { done: true, value: undefined })
  })
})
