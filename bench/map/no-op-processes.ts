import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { map } from 'omakase/map'
import { each } from '../harness/clock.js'
import type { Row } from '../harness/row.js'

const N = 1_000_000

const inputs = Array.from({ length: N }, (_, i) => i)

/** From nothing to all outputs in an array: starting the processes counts. */
export const noOpProcesses: Row = {
  name: 'no-op-processes',
  job: 'async no-op over 2 processes; each',
  unit: 'ns',
  baseline: 'by hand, 1000 in a message',
  rounds: 5,
  limit: { of: ['omakase'], most: 1e9 / 300_000 },
  contestants: {
    'by hand, 1000 in a message': each(N, async () => check(await byHand())),
    omakase: each(N, async () => {
      const noOp = new URL('./work/no-op.js', import.meta.url)
      check(await map<number, number>(inputs, noOp, { on: 'processes', workers: 2 }).outputs())
    }),
  },
}

async function byHand(): Promise<number[]> {
  const outputs = new Array<number>(N)
  let next = 0
  const give = (child: ChildProcess): number => {
    const start = next
    next = Math.min(N, next + 1000)
    if (start < next) child.send(inputs.slice(start, next))
    return start
  }
  const worker = async (): Promise<void> => {
    const child = fork(fileURLToPath(new URL('./work/by-hand.js', import.meta.url)))
    // Two batches are under way, so that the child has the next one when it answers.
    const starts = [give(child), give(child)]
    await new Promise<void>((resolve, reject) => {
      child.on('error', reject)
      child.on('message', (batch: number[]) => {
        const start = starts.shift()!
        for (let i = 0; i < batch.length; i++) outputs[start + i] = batch[i]!
        starts.push(give(child))
        if (starts[0]! >= N) resolve()
      })
    })
    child.disconnect()
  }
  await Promise.all([worker(), worker()])
  return outputs
}

function check(outputs: readonly number[]): void {
  if (outputs.length !== N || outputs.some((output, i) => output !== i)) throw new Error('outputs are wrong')
}
