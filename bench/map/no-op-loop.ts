import { map } from 'omakase/map'
import pLimit from 'p-limit'
import pMap from 'p-map'
import { each } from '../harness/clock.js'
import type { Row } from '../harness/row.js'

const N = 500_000
const concurrency = 16

const noOp = async (input: number) => input

const inputs = Array.from({ length: N }, (_, i) => i)

/** A closure on the caller's loop, the same concurrency for all, all outputs in an array. */
export const noOpLoop: Row = {
  name: 'no-op-loop',
  job: 'async no-op on the loop, 16 at once; each',
  unit: 'ns',
  baseline: 'p-map',
  limit: { of: ['omakase'], ratio: 1 },
  contestants: {
    'p-map': each(N, async () => check(await pMap(inputs, noOp, { concurrency }))),
    'p-limit': each(N, async () => {
      const limit = pLimit(concurrency)
      check(await Promise.all(inputs.map(input => limit(noOp, input))))
    }),
    omakase: each(N, async () => check(await map(inputs, noOp, { concurrency }).outputs())),
  },
}

function check(outputs: readonly number[]): void {
  if (outputs.length !== N || outputs.some((output, i) => output !== i)) throw new Error('outputs are wrong')
}
