import { all, run, use } from 'omakase'
import { threads } from 'omakase/workers'
import { eachAfter } from '../harness/clock.js'
import type { Contestant, Row } from '../harness/row.js'
import { size } from '../harness/size.js'
import { type NoOpPool, piscina, tinypool, workerPool } from './pools.js'

const CALLERS = 64
const CALLS = size(1000)
const N = CALLERS * CALLS
/** A pool lives long: it is compiled by then, on both sides. */
const BEFORE = size(1000)

/** Half of the callers for each worker, where a pool lets a worker have more than one call at once. */
const AT_ONCE = CALLERS / 2

const NO_OP = new URL('../map/work/no-op.js', import.meta.url)

/** 64 callers, each of whom waits for its call before it makes the next; the workers run already, and not for the first time. */
export const singleCalls: Row = {
  name: 'single-calls',
  job: 'single calls over 2 threads, 64 in flight; each',
  unit: 'ns',
  baseline: ['piscina', 'piscina, 32 a worker'],
  limit: { of: ['omakase'], ratio: 1 / 3 },
  contestants: {
    piscina: by(piscina),
    'piscina, 32 a worker': by(() => piscina(AT_ONCE)),
    tinypool: by(() => tinypool('worker_threads')),
    'tinypool, 32 a worker': by(() => tinypool('worker_threads', AT_ONCE)),
    workerpool: by(workerPool),
    'omakase, one a worker': omakase(1),
    omakase: omakase(AT_ONCE),
  },
}

function by(open: () => NoOpPool): Contestant {
  return async () => {
    const pool = open()
    const all = async (calls: number) => {
      const caller = async () => {
        for (let i = 0; i < calls; i++) check(await pool.run(i), i)
      }
      await Promise.all(Array.from({ length: CALLERS }, caller))
    }
    try {
      return await eachAfter(
        N,
        () => all(BEFORE),
        () => all(CALLS),
      )()
    } finally {
      await pool.end()
    }
  }
}

function omakase(concurrency: number): Contestant {
  return async () =>
    await run(function* () {
      const pool = yield* use(
        threads<typeof import('../map/work/no-op.js')>(NO_OP, { workers: 2, concurrency }),
      )
      const callers = (calls: number) => {
        const caller = function* () {
          for (let i = 0; i < calls; i++) check(yield* pool.call('default', i), i)
        }
        return all(Array.from({ length: CALLERS }, () => caller))
      }
      yield* callers(BEFORE)
      const start = performance.now()
      yield* callers(CALLS)
      return ((performance.now() - start) * 1e6) / N
    })
}

function check(output: unknown, input: number): void {
  if (output !== input) throw new Error(`${output} for ${input}`)
}
