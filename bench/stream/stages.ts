import { Readable } from 'node:stream'
import { Effect, Stream } from 'effect'
import { filter, map, pipe, reduce } from 'omakase/stream'
import { each } from '../harness/clock.js'
import type { Row } from '../harness/row.js'

const N = 300_000
const FEW = 30_000

function* numbers(n: number) {
  for (let i = 0; i < n; i++) yield i
}

const add = (n: number) => n + 1
const isKept = (n: number) => n % 2 === 0
const double = (n: number) => n * 2

// The even numbers of 1 … n, doubled.
function check(n: number, sum: number): void {
  const kept = Math.floor(n / 2)
  if (sum !== 2 * kept * (kept + 1)) throw new Error(`the items add up to ${sum}`)
}

async function* mapped(of: AsyncIterable<number> | Iterable<number>, fn: (n: number) => number) {
  for await (const n of of) yield fn(n)
}

async function* filtered(of: AsyncIterable<number>) {
  for await (const n of of) if (isKept(n)) yield n
}

const omakase = each(N, async n =>
  check(
    n,
    await pipe(
      () => numbers(n),
      map(add),
      filter(isKept),
      map(double),
      reduce((sum, n) => sum + n, 0),
    ),
  ),
)

/** Plain functions, so nothing has to be waited for. */
export const stages: Row = {
  name: 'stages',
  job: 'one item through three stages: map, filter, map',
  unit: 'ns',
  baseline: 'async generators',
  limit: { of: ['omakase'], ratio: 0.2 },
  contestants: {
    'async generators': each(N, async n => {
      let sum = 0
      for await (const item of mapped(filtered(mapped(numbers(n), add)), double)) sum += item
      check(n, sum)
    }),
    omakase,
    'bare loop': each(N, async n => {
      let sum = 0
      for (const item of numbers(n)) {
        const more = add(item)
        if (isKept(more)) sum += double(more)
      }
      check(n, sum)
    }),
    'Node streams': each(FEW, async n => {
      const sum = await Readable.from(numbers(n))
        .map(add)
        .filter(isKept)
        .map(double)
        .reduce((sum: number, n) => sum + n, 0)
      check(n, sum)
    }),
    Effect: each(N, async n => {
      const sum = await Effect.runPromise(
        Stream.fromIterable(numbers(n)).pipe(
          Stream.map(add),
          Stream.filter(isKept),
          Stream.map(double),
          Stream.runFold(
            () => 0,
            (sum, n) => sum + n,
          ),
        ),
      )
      check(n, sum)
    }),
  },
}

/** Each stage is a function that can wait, though it does not. */
export const waitingStages: Row = {
  name: 'waiting-stages',
  job: 'one item through three stages of coroutines or async functions',
  unit: 'ns',
  baseline: 'async generators',
  contestants: {
    'async generators': each(FEW, async n => {
      const later = async (n: number) => n + 1
      const isLater = async (n: number) => isKept(n)
      async function* first() {
        for (const i of numbers(n)) yield await later(i)
      }
      async function* second() {
        for await (const i of first()) if (await isLater(i)) yield i
      }
      let sum = 0
      for await (const i of second()) sum += await (async () => double(i))()
      check(n, sum)
    }),
    'omakase, coroutines': each(FEW, async n =>
      check(
        n,
        await pipe(
          () => numbers(n),
          map(function* (n) {
            return add(n)
          }),
          filter(function* (n) {
            return isKept(n)
          }),
          map(function* (n) {
            return double(n)
          }),
          reduce((sum, n) => sum + n, 0),
        ),
      ),
    ),
    'omakase, async functions': each(FEW, async n =>
      check(
        n,
        await pipe(
          () => numbers(n),
          map(async n => add(n)),
          filter(async n => isKept(n)),
          map(async n => double(n)),
          reduce((sum, n) => sum + n, 0),
        ),
      ),
    ),
    'Node streams': each(FEW, async n => {
      const sum = await Readable.from(numbers(n))
        .map(async n => add(n))
        .filter(async n => isKept(n))
        .map(async n => double(n))
        .reduce((sum: number, n) => sum + n, 0)
      check(n, sum)
    }),
    Effect: each(FEW, async n => {
      const sum = await Effect.runPromise(
        Stream.fromIterable(numbers(n)).pipe(
          Stream.mapEffect(n => Effect.succeed(add(n))),
          Stream.filterEffect(n => Effect.succeed(isKept(n))),
          Stream.mapEffect(n => Effect.succeed(double(n))),
          Stream.runFold(
            () => 0,
            (sum, n) => sum + n,
          ),
        ),
      )
      check(n, sum)
    }),
  },
}
