import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Queue, QueueEvents } from 'bullmq'
import { engine, file, started, stop } from './machines.js'

const WORKER = fileURLToPath(new URL('./work/bullmq-worker.js', import.meta.url))
/** Jobs that are published together, and that a worker has at once: what came out best. */
const BULK = 1000
const CONCURRENCY = 50

/** What one would write by hand: jobs of so many items, two worker processes, results from the events to a file. */
export async function bullmq(n: number, chunk: number): Promise<void> {
  const { url } = await engine()
  const name = `by-hand-${process.hrtime.bigint()}`
  const connection = { url, maxRetriesPerRequest: null }
  const queue = new Queue(name, { connection })
  const events = new QueueEvents(name, { connection })
  await events.waitUntilReady()
  const worker = () => started([WORKER, url, name, String(CONCURRENCY)], /ready/)
  const workers = await Promise.all([worker(), worker()])
  const output = createWriteStream(file('by-hand.jsonl'))
  let left = n
  const done = new Promise<void>(resolve =>
    events.on('completed', ({ returnvalue }) => {
      const outputs = returnvalue as unknown as readonly number[]
      output.write(outputs.map(value => `${JSON.stringify({ output: value })}\n`).join(''))
      left -= outputs.length
      if (left === 0) resolve()
    }),
  )
  let jobs: { name: string; data: number[]; opts: object }[] = []
  for (let at = 0; at < n; at += chunk) {
    const data = Array.from({ length: Math.min(chunk, n - at) }, (_, i) => at + i)
    jobs.push({ name: 'chunk', data, opts: { removeOnComplete: true } })
    if (jobs.length === BULK || at + chunk >= n) {
      await queue.addBulk(jobs)
      jobs = []
    }
  }
  await done
  output.end()
  await once(output, 'close')
  await Promise.all([...workers.map(stop), queue.close(), events.close()])
}
