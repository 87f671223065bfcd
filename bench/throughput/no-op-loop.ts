import { map } from 'omakase/map'
import pLimit from 'p-limit'
import pMap from 'p-map'
import PQueue from 'p-queue'
import { each } from '../harness/clock.js'
import type { Row } from '../harness/row.js'
import { size } from '../harness/size.js'
import noOp from '../map/work/no-op.js'
import { check, inputs } from './inputs.js'

const INPUTS = inputs(size(500_000))
const N = INPUTS.length
const concurrency = 16

/** A closure on the caller's loop, the same concurrency for all, all outputs in an array. */
export const noOpLoop: Row = {
  name: 'no-op-loop',
  job: 'async no-op on the loop, 16 at once; each',
  unit: 'ns',
  baseline: 'p-map',
  limit: { of: ['omakase'], ratio: 1 },
  contestants: {
    'p-map': each(N, async () => check(await pMap(INPUTS, noOp, { concurrency }), N)),
    'p-queue': each(N, async () => {
      const queue = new PQueue({ concurrency })
      check(await queue.addAll(INPUTS.map(input => () => noOp(input))), N)
    }),
    'p-limit': each(N, async () => {
      const limit = pLimit(concurrency)
      check(await Promise.all(INPUTS.map(input => limit(noOp, input))), N)
    }),
    omakase: each(N, async () => check(await map(INPUTS, noOp, { concurrency }).outputs(), N)),
  },
}
