import { fileURLToPath } from 'node:url'
import { Queue } from 'bullmq'
import type { Contestant, Row } from '../harness/row.js'
import { size } from '../harness/size.js'
import { NO_OP } from './command.js'
import { OMAKASE, started, stop, withoutMachines } from './machines.js'

const WORKER = fileURLToPath(new URL('./work/bullmq-worker.js', import.meta.url))
const N = size(20_000)
/** So many that what serves them is compiled: it would be a fifth of the time of all others, where a process runs for days. */
const WARM = 5000
const BULK = 1000
const SWEEP = [1, 10, 50, 200]
const LOOK_EVERY_MS = 5

const atConcurrency = (concurrency: number) => `BullMQ's Worker, ${concurrency} at once`

/** From a queue that is full to one that is empty, by one process that has had some before. */
export const consume: Row = {
  name: 'consume',
  job: `${N.toLocaleString('en')} no-op jobs that somebody has put into a queue; each`,
  unit: 'ns',
  baseline: SWEEP.map(atConcurrency),
  rounds: 5,
  limit: { of: ['omakase consume'], ratio: 1 / 0.8 },
  contestants: {
    ...Object.fromEntries(
      SWEEP.map(n => [
        atConcurrency(n),
        served((url, name) => started([WORKER, url, name, String(n)], /ready/)),
      ]),
    ),
    'omakase consume': served((url, name) =>
      started([OMAKASE, 'consume', NO_OP, '--queue', name, '--on', url], /./),
    ),
  },
}

function served(by: (url: string, name: string) => ReturnType<typeof started>): Contestant {
  return async () => {
    const { url } = await withoutMachines()
    const name = `queue-${process.hrtime.bigint()}`
    const queue = new Queue(name, { connection: { url, maxRetriesPerRequest: null } })
    const worker = await by(url, name)
    await fill(queue, WARM)
    await empty(queue)
    await queue.pause()
    await fill(queue, N)
    const start = performance.now()
    await queue.resume()
    await empty(queue)
    const ns = ((performance.now() - start) * 1e6) / N
    await stop(worker)
    await queue.obliterate({ force: true })
    await queue.close()
    return ns
  }
}

async function fill(queue: Queue, n: number): Promise<void> {
  for (let at = 0; at < n; at += BULK) {
    const jobs = Array.from({ length: Math.min(BULK, n - at) }, (_, i) => at + i)
    await queue.addBulk(jobs.map(data => ({ name: 'job', data, opts: { removeOnComplete: true } })))
  }
}

async function empty(queue: Queue): Promise<void> {
  for (;;) {
    const { waiting, active, paused, prioritized } = await queue.getJobCounts()
    if ([waiting, active, paused, prioritized].every(count => (count ?? 0) === 0)) return
    await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS))
  }
}
