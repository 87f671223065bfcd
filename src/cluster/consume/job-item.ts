import type { Job } from 'bullmq'
import type { Item } from '../../map/input/source.js'
import { wasDeath } from './failure.js'

/** What travels to a worker: a list, whose clone costs half of an object's. */
export type JobInput = readonly [data: unknown, id: string, name: string, attempts: number]

/** What has become of a job here. */
export type End =
  | { readonly t: 'completed'; readonly value: unknown }
  | { readonly t: 'failed'; readonly error: unknown }
  /** It has not run to its end, and somebody else may have it. */
  | { readonly t: 'returned' }
  /** Somebody else has it already. */
  | { readonly t: 'lost' }

/** A job of the queue that is held here. */
export class JobItem implements Item {
  readonly index: number
  readonly input: JobInput
  readonly job: Job
  readonly token: string
  readonly ended: Promise<End>
  /** The last attempt has ended its worker's process. */
  readonly isSuspect: boolean
  /** A death is an attempt. Who has only one gets another, as from BullMQ does a job whose worker is gone. */
  readonly mostDeaths: number
  isOver = false
  private resolve!: (end: End) => void
  private isTelling = false
  private newest: { readonly value: unknown } | null = null

  constructor(index: number, job: Job, token: string) {
    this.index = index
    this.job = job
    this.token = token
    this.input = [job.data, job.id!, job.name, job.attemptsMade]
    this.isSuspect = wasDeath(job.failedReason)
    const isLast = job.attemptsMade + 1 >= (job.opts.attempts ?? 1)
    this.mostDeaths = isLast && !this.isSuspect ? 2 : 1
    this.ended = new Promise(resolve => {
      this.resolve = resolve
    })
  }

  /** What comes later is nobody's. */
  end(end: End): void {
    this.isOver = true
    this.resolve(end)
  }

  log(text: string): void {
    this.job.log(text).catch(() => {})
  }

  /** A job may tell of every byte: while one value is on its way, only the newest of the others is kept. */
  progress(value: unknown): void {
    this.newest = { value }
    if (!this.isTelling) void this.tell()
  }

  /** The last value is on its way before the job's end is. */
  tellLast(): void {
    if (this.newest !== null) this.job.updateProgress(this.newest.value as object).catch(() => {})
    this.newest = null
  }

  private async tell(): Promise<void> {
    this.isTelling = true
    while (this.newest !== null) {
      const { value } = this.newest
      this.newest = null
      await this.job.updateProgress(value as object).catch(() => {})
    }
    this.isTelling = false
  }
}
