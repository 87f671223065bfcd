import { writeFileSync } from 'node:fs'
import { whole } from '../harness/clock.js'
import type { Row } from '../harness/row.js'
import { size } from '../harness/size.js'
import { roundsOf } from '../throughput/rounds.js'
import { here, mapTo, onTheCluster, SPIN } from './command.js'
import { file } from './machines.js'

/** As many processes here and there; the machines, and the one who writes, share the processors with what they compute. */
export const computing = [row('100 ms', 100, size(200), 0.9), row('1 ms', 1, size(20_000), 0.8)]

function row(time: string, ms: number, n: number, part: number): Row {
  const rounds = roundsOf(ms)
  const inputs = file(`spin-${ms}.jsonl`)
  writeFileSync(inputs, `${rounds}\n`.repeat(n))
  return {
    name: `cpu-${ms}ms`,
    job: `${n.toLocaleString('en')} items of ${time} of CPU, to a file`,
    unit: 'ms',
    baseline: 'two processes here',
    rounds: 5,
    limit: { of: ['two machines'], ratio: 1 / part },
    contestants: {
      'two processes here': whole(async () => mapTo(n, [SPIN, inputs, ...(await here())])),
      'two machines': whole(async () => mapTo(n, [SPIN, inputs, ...(await onTheCluster())])),
    },
  }
}
