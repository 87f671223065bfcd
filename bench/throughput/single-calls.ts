import { all, run, use } from 'omakase'
import { threads } from 'omakase/workers'
import { eachAfter } from '../harness/clock.js'
import type { Contestant, Row } from '../harness/row.js'
import { size } from '../harness/size.js'
import { type NoOpPool, piscina, tinypool, workerPool } from './pools.js'

const CALLERS = 64
const CALLS = size(500)
const N = CALLERS * CALLS

/** Half of the callers for each worker, where a pool lets a worker have more than one call at once. */
const AT_ONCE = CALLERS / 2

const NO_OP = new URL('../map/work/no-op.js', import.meta.url)

/** 64 callers, each of whom waits for its call before it makes the next; the workers run already. */
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
    try {
      return await eachAfter(
        N,
        async () => pool.run(0),
        async () => {
          const caller = async () => {
            for (let i = 0; i < CALLS; i++) check(await pool.run(i), i)
          }
          await Promise.all(Array.from({ length: CALLERS }, caller))
        },
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
      yield* pool.call('default', 0)
      const caller = function* () {
        for (let i = 0; i < CALLS; i++) check(yield* pool.call('default', i), i)
      }
      const start = performance.now()
      yield* all(Array.from({ length: CALLERS }, () => caller))
      return ((performance.now() - start) * 1e6) / N
    })
}

function check(output: unknown, input: number): void {
  if (output !== input) throw new Error(`${output} for ${input}`)
}
