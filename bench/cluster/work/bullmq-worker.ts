import { Worker } from 'bullmq'
import noOp from '../../map/work/no-op.js'

// bullmq-worker URL QUEUE CONCURRENCY: what one would write beside a BullMQ queue; an array is a chunk.
const [url, name, concurrency] = process.argv.slice(2)
const worker = new Worker(
  name!,
  async ({ data }) => {
    if (!Array.isArray(data)) return noOp(data)
    const outputs: unknown[] = []
    for (const input of data) outputs.push(await noOp(input))
    return outputs
  },
  { connection: { url: url!, maxRetriesPerRequest: null }, concurrency: Number(concurrency) },
)
await worker.waitUntilReady()
process.stderr.write('ready\n')
process.on('SIGTERM', async () => {
  await worker.close()
  process.exit()
})
