import { Queue } from 'bullmq'
import type { Report } from './producer.js'
import type { Rendered } from './report.js'

// What BullMQ itself says of the queue, as a dashboard would.

const [url = 'redis://localhost'] = process.argv.slice(2)
const reports = new Queue<Report, Rendered>('reports', { connection: { url } })

const { completed, failed, active, wait } = await reports.getJobCounts(
  'completed',
  'failed',
  'active',
  'wait',
)
console.log(`${completed} completed, ${failed} failed, ${active} active, ${wait} waiting`)
for (const { data, failedReason } of await reports.getFailed()) console.log(`${data.title}: ${failedReason}`)
await reports.close()
