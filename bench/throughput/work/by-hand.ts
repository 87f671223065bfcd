import { parentPort } from 'node:worker_threads'
import noOp from '../../map/work/no-op.js'

// One of the two workers that one would write by hand: a batch in, a batch out.
async function run(batch: readonly number[]): Promise<number[]> {
  const outputs: number[] = []
  for (const input of batch) outputs.push(await noOp(input))
  return outputs
}

if (parentPort === null) {
  process.on('message', async (batch: number[]) => process.send!(await run(batch)))
  process.on('disconnect', () => process.exit())
} else {
  const port = parentPort
  port.on('message', async (batch: number[]) => port.postMessage(await run(batch)))
}
