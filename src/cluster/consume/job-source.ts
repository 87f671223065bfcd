import type { Source } from '../../map/input/source.js'
import type { JobItem } from './job-item.js'

type Next = IteratorResult<readonly JobItem[], undefined>

/** The jobs of a queue as they come in; those that come together are handed on together. */
export class JobSource implements Source, AsyncIterator<readonly JobItem[], undefined> {
  private readonly onHunger: () => void
  private jobs: JobItem[] = []
  private waiting: ((next: Next) => void) | null = null
  private isPassing = false
  private isEnded = false

  constructor(onHunger: () => void) {
    this.onHunger = onHunger
  }

  /** Jobs that wait to be handed on. */
  get ready(): number {
    return this.jobs.length
  }

  /** There are jobs, and nobody takes them. */
  get isStuck(): boolean {
    return this.jobs.length > 0 && this.waiting === null
  }

  push(item: JobItem): void {
    this.jobs.push(item)
    if (this.isPassing) return
    this.isPassing = true
    setImmediate(() => {
      this.isPassing = false
      this.pass()
    })
  }

  next(): Promise<Next> {
    if (this.isEnded) return Promise.resolve({ done: true, value: undefined })
    const next = new Promise<Next>(resolve => {
      this.waiting = resolve
    })
    if (this.ready === 0) this.onHunger()
    else if (!this.isPassing) this.pass()
    return next
  }

  async return(): Promise<Next> {
    this.isEnded = true
    this.jobs = []
    this.waiting?.({ done: true, value: undefined })
    this.waiting = null
    return { done: true, value: undefined }
  }

  progress(): undefined {}

  [Symbol.asyncIterator](): this {
    return this
  }

  private pass(): void {
    const { waiting, jobs } = this
    if (waiting === null || jobs.length === 0) return
    this.waiting = null
    this.jobs = []
    waiting({ done: false, value: jobs })
  }
}
