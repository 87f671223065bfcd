import { Readable } from 'node:stream'
import { Effect, Stream } from 'effect'
import { checkpoint } from 'omakase'
import { fan, pipe, reduce } from 'omakase/stream'
import { pMapIterable } from 'p-map'
import { each } from '../harness/clock.js'
import type { Row } from '../harness/row.js'

const N = 20_000
const WORKERS = 8

function* numbers(n: number) {
  for (let i = 0; i < n; i++) yield i
}

async function later(n: number): Promise<number> {
  await null
  return n
}

function check(n: number, sum: number): void {
  if (sum !== (n * (n - 1)) / 2) throw new Error(`the items add up to ${sum}`)
}

/** Fan out, fan in: each call gives way once, results come in order. */
export const fanned: Row = {
  name: 'fan',
  job: `one item through ${WORKERS} workers side by side, in order`,
  unit: 'ns',
  baseline: 'p-map',
  contestants: {
    'p-map': each(N, async n => {
      let sum = 0
      const options = { concurrency: WORKERS, backpressure: 2 * WORKERS }
      for await (const item of pMapIterable(numbers(n), later, options)) sum += item
      check(n, sum)
    }),
    'omakase, coroutines': each(N, async n => {
      const worker = function* (n: number) {
        yield* checkpoint()
        return n
      }
      const sum = await pipe(
        fan(() => numbers(n), worker, { workers: WORKERS, buffer: WORKERS }),
        reduce((sum, n) => sum + n, 0),
      )
      check(n, sum)
    }),
    'omakase, async functions': each(N, async n => {
      const sum = await pipe(
        fan(() => numbers(n), later, { workers: WORKERS, buffer: WORKERS }),
        reduce((sum, n) => sum + n, 0),
      )
      check(n, sum)
    }),
    'Node streams': each(N, async n => {
      const sum = await Readable.from(numbers(n))
        .map(later, { concurrency: WORKERS })
        .reduce((sum: number, n) => sum + n, 0)
      check(n, sum)
    }),
    Effect: each(N, async n => {
      const sum = await Effect.runPromise(
        Stream.fromIterable(numbers(n)).pipe(
          Stream.mapEffect(
            n =>
              Effect.gen(function* () {
                yield* Effect.yieldNow
                return n
              }),
            { concurrency: WORKERS },
          ),
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
