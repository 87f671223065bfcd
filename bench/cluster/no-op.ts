import { each } from '../harness/clock.js'
import type { Row } from '../harness/row.js'
import { size } from '../harness/size.js'
import { bullmq } from './bullmq.js'
import { mapTo, NO_OP, onTheCluster } from './command.js'

const N = size(1_000_000)
/** One by one they take so much longer. */
const FEWER = size(20_000)

/** From typing it to the last line in the file. */
export const noOp: Row = {
  name: 'no-op',
  job: 'async no-op on two machines, to a file; each',
  unit: 'ns',
  baseline: 'BullMQ, chunks of 100',
  rounds: 5,
  limit: { of: ['omakase map --on'], most: 1e9 / 100_000 },
  contestants: {
    'BullMQ, job by job': each(FEWER, n => bullmq(n, 1)),
    'BullMQ, chunks of 100': each(N, n => bullmq(n, 100)),
    'omakase map --on': each(N, async n =>
      mapTo(n, [NO_OP, '--range', `1..${n}`, ...(await onTheCluster())]),
    ),
  },
}
