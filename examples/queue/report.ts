import type { JobContext } from 'omakase/cluster'
import type { Report } from './producer.js'

/** What a job becomes. */
export interface Rendered {
  readonly title: string
  readonly total: number
}

export default async ({ title, rows, trouble }: Report, { log, progress }: JobContext): Promise<Rendered> => {
  log(`${title}: ${rows.length} rows`)
  if (trouble === 'never ends') holdOn(60_000)
  if (trouble === 'leaks') await grow()
  let total = 0
  for (const row of rows) total += row
  progress(100)
  return { title, total }
}

/** No timer runs meanwhile, and no promise: in BullMQ's own worker not even the one that keeps the job's lock. */
function holdOn(ms: number): void {
  const end = Date.now() + ms
  while (Date.now() < end);
}

async function grow(): Promise<void> {
  const kept: Buffer[] = []
  while (kept.length < 100) {
    kept.push(Buffer.alloc(10e6, 1))
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}
