import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkpoint, co, run, sleep } from 'omakase'
import {
  batch,
  broadcast,
  decode,
  drop,
  fan,
  filter,
  flatMap,
  forEach,
  lines,
  map,
  merge,
  pipe,
  reduce,
  scan,
  take,
  tee,
  throttle,
  through,
  toArray,
  toWritable,
  window,
  zip,
} from 'omakase/stream'
import { fails } from '../core/fails.js'

const bad = (fn: () => unknown, message: RegExp) => assert.throws(fn, { name: 'UsageError', message })
const any = (value: unknown): any => value

const notCounts = [0, -1, 1.5, Number.NaN, Number.NEGATIVE_INFINITY, '3', 2n]
const counts: Record<string, (count: any) => unknown> = {
  batch: count => batch(count),
  window: count => window(count),
  'window: step': step => window(1, step),
  throttle: count => throttle(count, 1),
  'map: concurrency': concurrency => map(String, { concurrency }),
  'forEach: concurrency': concurrency => forEach(String, { concurrency }),
  'fan: workers': workers => fan([1], String, { workers }),
}
const mayBeZero: Record<string, (count: any) => unknown> = {
  take: count => take(count),
  drop: count => drop(count),
  'fan: buffer': buffer => fan([1], String, { buffer }),
}
const durations: Record<string, (ms: any) => unknown> = {
  'batch: ms': ms => batch(1, ms),
  'throttle: ms': ms => throttle(1, ms),
}

for (const [what, make] of Object.entries(counts)) {
  test(`${what} takes a whole number of 1 or more`, () => {
    // Where forEach is a map, that is what names the option.
    const named = what.replace('forEach', '(map|forEach)')
    for (const count of notCounts)
      bad(() => make(count), new RegExp(`^${named} got .*whole number of 1 or more`))
    for (const count of [1, 2 ** 53, 1e300, Number.POSITIVE_INFINITY]) make(count)
  })
}

for (const [what, make] of Object.entries(mayBeZero)) {
  test(`${what} takes a whole number of 0 or more`, () => {
    for (const count of notCounts.filter(count => count !== 0))
      bad(() => make(count), new RegExp(`^${what} got .*whole number of 0 or more`))
    for (const count of [0, 1, 1e300, Number.POSITIVE_INFINITY]) make(count)
  })
}

for (const [what, make] of Object.entries(durations)) {
  test(`${what} takes milliseconds`, () => {
    for (const ms of [-1, Number.NaN, Number.NEGATIVE_INFINITY, '3'])
      bad(() => make(ms), new RegExp(`^${what} got .*milliseconds`))
    for (const ms of [0, 0.5, 1e300]) make(ms)
  })
}

test('huge numbers are as good as infinite', async () => {
  const items = [1, 2, 3]
  assert.deepEqual(await pipe(items, batch(2 ** 53), toArray()), [items])
  assert.deepEqual(await pipe(items, batch(1e300, 1e300), toArray()), [items])
  assert.deepEqual(await pipe(items, throttle(1e300, 1e300), toArray()), items)
  assert.deepEqual(
    await pipe(
      items,
      map(n => sleep(n), { concurrency: 1e300 }),
      map(() => 1),
      toArray(),
    ),
    [1, 1, 1],
  )
})

test('a stage wants a function', () => {
  for (const fn of [undefined, null, 1, 'text', {}, [], Promise.resolve()].map(any)) {
    bad(() => map(fn), /^map got .*give a function/)
    bad(() => filter(fn), /^filter got/)
    bad(() => scan(fn, 0), /^scan got/)
    bad(() => flatMap(fn), /^flatMap got/)
    bad(() => forEach(fn), /^forEach got/)
    bad(() => reduce(fn, 0), /^reduce got/)
    bad(() => fan([1], fn), /^fan got/)
    bad(() => tee(fn), /^tee got/)
    bad(() => broadcast(fn), /^broadcast got/)
    bad(() => through(fn), /^through got/)
  }
})

test('a pipe wants a source, and says who asked', () => {
  for (const source of [undefined, null, 1, {}, Symbol('s'), Promise.resolve([1]), sleep(1)].map(any)) {
    bad(() => pipe(source, toArray()), /^pipe got .*give an iterable/)
    bad(() => merge(source), /^merge got/)
    bad(() => zip([1], source), /^zip got/)
    bad(() => fan(source, String), /^fan got/)
  }
})

test('a function that makes no source, and a flatMap that gives none, fail the reading', async () => {
  for (const source of [undefined, 1, {}].map(any)) {
    await fails(
      pipe(() => source, toArray()),
      { name: 'UsageError', message: /^pipe got/ } as never,
    )
    await fails(
      pipe(async () => source, toArray()),
      { name: 'UsageError', message: /^pipe got/ } as never,
    )
    await fails(
      pipe(
        [1],
        flatMap(() => source),
        toArray(),
      ),
      { name: 'UsageError', message: /^flatMap got/ } as never,
    )
  }
})

test('pipe says which stage is none', () => {
  bad(() => any(pipe)([1], take(1), 5), /stage 2/)
  bad(() => any(pipe)([1], toArray), /stage 1.*write toArray\(\)/)
  bad(() => any(pipe)([1], toArray(), take(1)), /a sink .* comes last/)
})

test('a generator that forgets the star, or the yield, hears of it', async () => {
  const source = function* () {
    yield sleep(1)
  }
  await fails(pipe(any(source), toArray()), { name: 'UsageError', message: /without the star/ } as never)
  await fails(
    pipe(
      [1],
      map(
        any(function* () {
          yield sleep(1)
        }),
      ),
      toArray(),
    ),
    { name: 'UsageError', message: /without the star/ } as never,
  )
  const returned = flatMap<number, number>(
    any(function* (n: number) {
      yield* checkpoint()
      return [n]
    }),
  )
  await fails(pipe([1], returned, toArray()), { name: 'UsageError', message: /which would be lost/ } as never)
  const wrapped = flatMap(
    co(function* (n: number) {
      yield* checkpoint()
      return [n]
    }),
  )
  assert.deepEqual(await pipe([1], wrapped, toArray()), [1])
})

test('foreign iterators: without return, that give no result, that throw at once', async () => {
  const bare = (next: () => any) => ({ [Symbol.iterator]: () => ({ next }) })
  assert.deepEqual(
    await pipe(
      bare(() => ({ value: 1 })),
      take(2),
      toArray(),
    ),
    [1, 1],
  )
  for (const result of [undefined, null, 1, 'text'])
    await fails(
      pipe(
        bare(() => result),
        toArray(),
      ),
      { name: 'UsageError', message: /the iterator of a stream gave/ } as never,
    )
  for (const result of [undefined, null, 1, 'text']) {
    const source = { [Symbol.asyncIterator]: () => ({ next: async () => any(result) }) }
    await fails(pipe(source, toArray()), {
      name: 'UsageError',
      message: /the iterator of a stream gave/,
    } as never)
  }
  const error = new Error('iterator')
  const raise = () => {
    throw error
  }
  await fails(pipe({ [Symbol.iterator]: raise }, toArray()), error)
  await fails(pipe({ [Symbol.asyncIterator]: raise }, toArray()), error)
  await fails(pipe(raise, toArray()), error)
  await fails(pipe(bare(raise), toArray()), error)
})

test('an iterator whose next() has thrown is not asked to return', async () => {
  const error = new Error('next')
  let returned = 0
  const iterator = {
    next() {
      throw error
    },
    return() {
      returned++
      return { done: true as const, value: undefined }
    },
  }
  await fails(pipe({ [Symbol.iterator]: () => iterator }, toArray()), error)
  const async = { next: async () => iterator.next(), return: async () => iterator.return() }
  await fails(pipe({ [Symbol.asyncIterator]: () => any(async) }, toArray()), error)
  assert.equal(returned, 0)
})

test('thenables that call back twice, at once, or throw', async () => {
  const twice = {
    then(resolve: (value: number) => void, reject: (error: unknown) => void) {
      resolve(1)
      resolve(2)
      reject(new Error('late'))
    },
  }
  const error = new Error('then')
  const throwing = {
    then() {
      throw error
    },
  }
  assert.deepEqual(
    await pipe(
      [0],
      map(() => any(twice)),
      toArray(),
    ),
    [1],
  )
  assert.deepEqual(
    await pipe(
      [0, 0],
      map(() => any(twice), { concurrency: 2 }),
      toArray(),
    ),
    [1, 1],
  )
  await fails(
    pipe(
      [0],
      map(() => any(throwing)),
      toArray(),
    ),
    error,
  )
})

test('a promise that never settles holds up its stream, and nothing else', async () => {
  const iterator = pipe(
    [1],
    map(() => new Promise(() => {})),
  )[Symbol.asyncIterator]()
  const next = iterator.next()
  assert.equal(await Promise.race([next, run(() => sleep(5))]), undefined)
})

test('lines and decode want text or bytes', async () => {
  await fails(pipe(any([1]), lines(), toArray()), { name: 'UsageError', message: /^lines got 1/ } as never)
  await fails(pipe(any(['a']), decode(), toArray()), { name: 'UsageError', message: /^decode got/ } as never)
  bad(() => decode('klingon'), /^decode got the text "klingon"/)
})

test('toWritable and through want a stream that can be written', async () => {
  for (const target of [undefined, 1, {}].map(any)) {
    await fails(pipe([1], toWritable(target)), { name: 'UsageError', message: /^toWritable got/ } as never)
    await fails(
      pipe(
        [1],
        through(() => target),
        toArray(),
      ),
      { name: 'UsageError' },
    )
  }
})
