import { Queue } from 'bullmq'

// A program as there are many: it knows nothing of omakase.

export interface Report {
  readonly title: string
  readonly rows: readonly number[]
  /** What is wrong with this one. */
  readonly trouble?: 'never ends' | 'leaks'
}

const [url = 'redis://localhost', count = '200'] = process.argv.slice(2)
const reports = new Queue<Report>('reports', { connection: { url } })

const jobs = Array.from({ length: Number(count) }, (_, n) => ({
  name: 'monthly',
  data: { title: `Report ${n}`, rows: Array.from({ length: 12 }, (_, month) => n * month) } as Report,
}))
jobs.splice(10, 0, { name: 'broken', data: { title: 'Holds on', rows: [], trouble: 'never ends' } })
jobs.splice(20, 0, { name: 'broken', data: { title: 'Grows', rows: [], trouble: 'leaks' } })
await reports.addBulk(jobs)
console.log(`${jobs.length} reports ordered`)
await reports.close()
