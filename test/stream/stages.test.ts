import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkpoint, co, sleep } from 'omakase'
import {
  batch,
  drop,
  filter,
  flatMap,
  forEach,
  map,
  pipe,
  reduce,
  scan,
  take,
  throttle,
  toArray,
  window,
  zip,
} from 'omakase/stream'

const later = co(function* <T>(value: T) {
  yield* checkpoint()
  return value
})

/** The same function as a plain one, an async one, a coroutine, and one that gives a coroutine. */
function kinds<A extends unknown[], R>(fn: (...args: A) => R) {
  return {
    'a plain function': fn,
    'an async function': async (...args: A) => fn(...args),
    'a generator': function* (...args: A) {
      yield* checkpoint()
      return fn(...args)
    },
    'a coroutine function': co(function* (...args: A) {
      yield* checkpoint()
      return fn(...args)
    }),
    'a function that gives a coroutine': (...args: A) => later(fn(...args)),
  }
}

for (const [what, double] of Object.entries(kinds((n: number, index: number) => n * 2 + index))) {
  test(`map gives what ${what} gives`, async () => {
    assert.deepEqual(await pipe([5, 6, 7], map(double), toArray()), [10, 13, 16])
  })

  for (const ordered of [true, false]) {
    test(`map gives what ${what} gives, several at once (ordered: ${ordered})`, async () => {
      const seen = await pipe([5, 6, 7], map(double, { concurrency: 2, ordered }), toArray())
      assert.deepEqual(
        seen.sort((a, b) => a - b),
        [10, 13, 16],
      )
    })
  }
}

for (const [what, isOdd] of Object.entries(kinds((n: number) => n % 2 === 1))) {
  test(`filter keeps the items for which ${what} gives something true`, async () => {
    assert.deepEqual(await pipe([1, 2, 3, 4, 5], filter(isOdd), toArray()), [1, 3, 5])
  })
}

for (const [what, add] of Object.entries(kinds((a: number, b: number) => a + b))) {
  test(`scan and reduce add up with ${what}`, async () => {
    assert.deepEqual(await pipe([1, 2, 3], scan(add, 10), toArray()), [11, 13, 16])
    assert.equal(await pipe([1, 2, 3], reduce(add, 10)), 16)
    assert.equal(await pipe([], reduce(add, 10)), 10)
  })
}

for (const [what, push] of Object.entries(
  kinds((log: number[], n: number, index: number) => log.push(n, index)),
)) {
  for (const concurrency of [1, 3]) {
    test(`forEach calls ${what} with each item and its index (concurrency ${concurrency})`, async () => {
      const log: number[] = []
      const fn = (n: number, index: number) => push(log, n, index)
      assert.equal(await pipe([7, 8], forEach(fn, { concurrency })), undefined)
      assert.deepEqual(log, [7, 0, 8, 1])
    })
  }
}

test('an item may be anything: undefined, null, a function, an error, an array', async () => {
  const items = [undefined, null, () => 1, new Error('an item'), [], Number.NaN, Symbol('item')]
  const same = await pipe(
    items,
    map(item => item),
    filter(() => true),
    scan((_, item) => item, undefined as unknown),
    flatMap(item => [item]),
    toArray(),
  )
  assert.deepEqual(same, items)
  assert.deepEqual(
    await pipe(
      items,
      map(item => later({ item }), { concurrency: 3 }),
      toArray(),
    ),
    items.map(item => ({ item })),
  )
})

test('take and drop count', async () => {
  const items = [1, 2, 3, 4]
  for (const count of [0, 1, 3, 4, 5, Number.POSITIVE_INFINITY, 1e300]) {
    assert.deepEqual(await pipe(items, take(count), toArray()), items.slice(0, count))
    assert.deepEqual(await pipe(items, drop(count), toArray()), items.slice(count))
  }
})

test('batch cuts into arrays, of which the last may be shorter', async () => {
  assert.deepEqual(await pipe([1, 2, 3, 4, 5], batch(2), toArray()), [[1, 2], [3, 4], [5]])
  assert.deepEqual(await pipe([1, 2, 3, 4], batch(2), toArray()), [
    [1, 2],
    [3, 4],
  ])
  assert.deepEqual(await pipe([], batch(2), toArray()), [])
  assert.deepEqual(await pipe([1, 2, 3], batch(Number.POSITIVE_INFINITY), toArray()), [[1, 2, 3]])
})

test('window slides over the items', async () => {
  const windows = (size: number, step?: number) => pipe([1, 2, 3, 4, 5], window(size, step), toArray())
  assert.deepEqual(await windows(3), [
    [1, 2, 3],
    [2, 3, 4],
    [3, 4, 5],
  ])
  assert.deepEqual(await windows(2, 2), [
    [1, 2],
    [3, 4],
  ])
  assert.deepEqual(await windows(1, 3), [[1], [4]])
  assert.deepEqual(await windows(6), [])
})

test('flatMap takes every kind of source, one after the other', async () => {
  const made: Record<string, (n: number) => unknown> = {
    'an array': n => [n, n],
    'a set': n => new Set([n, n + 10]),
    'a promise of an array': async n => [n],
    'a coroutine that gives an array': n => later([n]),
    'a generator that gives items and waits': function* (n) {
      yield n
      yield* sleep(1)
      yield n
    },
    'an async generator': async function* (n) {
      yield n
    },
    'a stream': n => pipe([n, 2, 3], take(n)),
    'text, by its characters': n => 'ab'.repeat(n),
    'a function that makes a source': n => () => [n],
  }
  const expected: Record<string, unknown[]> = {
    'an array': [1, 1, 2, 2],
    'a set': [1, 11, 2, 12],
    'a promise of an array': [1, 2],
    'a coroutine that gives an array': [1, 2],
    'a generator that gives items and waits': [1, 1, 2, 2],
    'an async generator': [1, 2],
    'a stream': [1, 2, 2],
    'text, by its characters': ['a', 'b', 'a', 'b', 'a', 'b'],
    'a function that makes a source': [1, 2],
  }
  for (const [what, fn] of Object.entries(made))
    assert.deepEqual(await pipe([1, 2], flatMap(fn as never), toArray()), expected[what], what)
})

test('zip ends with the shortest, and without sources at once', async () => {
  assert.deepEqual(await pipe(zip([1, 2, 3], 'ab'), toArray()), [
    [1, 'a'],
    [2, 'b'],
  ])
  assert.deepEqual(await pipe(zip(), toArray()), [])
})

test('throttle gives everything, in order', async () => {
  assert.deepEqual(await pipe([1, 2, 3, 4, 5], throttle(2, 3), toArray()), [1, 2, 3, 4, 5])
  assert.deepEqual(await pipe([1, 2, 3], throttle(Number.POSITIVE_INFINITY, 1000), toArray()), [1, 2, 3])
})

test('something that is a promise and an async iterable, as a subprocess may be, is read and not waited for', async () => {
  const both = () =>
    Object.assign(new Promise<never>(() => {}), {
      async *[Symbol.asyncIterator]() {
        yield 1
      },
    })
  assert.deepEqual(await pipe(both(), toArray()), [1])
  assert.deepEqual(await pipe(both, toArray()), [1])
  assert.deepEqual(
    await pipe(
      [0],
      flatMap(() => both()),
      toArray(),
    ),
    [1],
  )
})
