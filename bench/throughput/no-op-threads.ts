import { map } from 'omakase/map'
import { each } from '../harness/clock.js'
import { peer } from '../harness/peer.js'
import type { Contestant, Row } from '../harness/row.js'
import { size } from '../harness/size.js'
import { byHand, thread } from './by-hand.js'
import { check, inputs } from './inputs.js'
import { allOver, type NoOpPool, piscina, tinypool, workerPool } from './pools.js'

const MANY = inputs(size(2_000_000))
const FEW = inputs(size(50_000))

const NO_OP = new URL('../map/work/no-op.js', import.meta.url)

/** From nothing to all outputs in an array: starting the threads counts, over enough items to be little. */
export const noOpThreads: Row = {
  name: 'no-op-threads',
  job: 'async no-op over 2 threads; each',
  unit: 'ns',
  baseline: 'postMessage, 1000 in a message',
  limit: { of: ['omakase'], most: 1e9 / 1_500_000 },
  contestants: {
    'postMessage, 1000 in a message': each(MANY.length, async n =>
      check(await byHand(MANY, thread, 1000), n),
    ),
    'postMessage, one by one': each(FEW.length, async n => check(await byHand(FEW, thread, 1), n)),
    piscina: over(piscina),
    tinypool: over(() => tinypool('worker_threads')),
    workerpool: over(workerPool),
    joblib: peer('joblib', 'threads', size(500_000)),
    omakase: each(MANY.length, async n =>
      check(await map<number, number>(MANY, NO_OP, { on: 'threads', workers: 2 }).outputs(), n),
    ),
  },
}

function over(open: () => NoOpPool): Contestant {
  return each(FEW.length, async n => check(await allOver(open(), FEW), n))
}
