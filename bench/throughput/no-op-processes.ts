import { map } from 'omakase/map'
import { each } from '../harness/clock.js'
import { peer } from '../harness/peer.js'
import type { Row } from '../harness/row.js'
import { size } from '../harness/size.js'
import { byHand, forked } from './by-hand.js'
import { check, inputs } from './inputs.js'
import { allOver, tinypool } from './pools.js'

const MANY = inputs(size(2_000_000))
const FEW = inputs(size(20_000))

const NO_OP = new URL('../map/work/no-op.js', import.meta.url)

/** From nothing to all outputs in an array: starting the processes counts, over enough items to be little. */
export const noOpProcesses: Row = {
  name: 'no-op-processes',
  job: 'async no-op over 2 processes; each',
  unit: 'ns',
  baseline: 'fork, 1000 in a message',
  limit: { of: ['omakase'], most: 1e9 / 1_000_000 },
  contestants: {
    'fork, 1000 in a message': each(MANY.length, async n => check(await byHand(MANY, forked, 1000), n)),
    'fork, one by one': each(FEW.length, async n => check(await byHand(FEW, forked, 1), n)),
    tinypool: each(FEW.length, async n => check(await allOver(tinypool('child_process'), FEW), n)),
    joblib: peer('joblib', 'processes', size(500_000)),
    omakase: each(MANY.length, async n =>
      check(await map<number, number>(MANY, NO_OP, { on: 'processes', workers: 2 }).outputs(), n),
    ),
  },
}
