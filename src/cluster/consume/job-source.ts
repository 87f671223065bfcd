import type { Source } from '../../map/input/source.js'
import type { JobItem } from './job-item.js'

type Next = IteratorResult<readonly JobItem[], undefined>

/** So many are handed on while more are on their way: a message to a worker costs more than what is in it. */
const ENOUGH = 64

/** The jobs of a queue as they come in; those that come together are handed on together. */
export class JobSource implements Source, AsyncIterator<readonly JobItem[], undefined> {
  private readonly onHunger: () => void
  private readonly areComing: () => boolean
  private jobs: JobItem[] = []
  private waiting: ((next: Next) => void) | null = null
  private isPassing = false
  private isEnded = false

  /** `areComing`: there will be more within a moment, or `come` is called. */
  constructor(onHunger: () => void, areComing: () => boolean) {
    this.onHunger = onHunger
    this.areComing = areComing
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
    this.come()
  }

  /** Those that were on their way are here, or will not come. */
  come(): void {
    if (this.isPassing || this.isTooFew) return
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
    else if (!this.isPassing && !this.isTooFew) this.pass()
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

  private get isTooFew(): boolean {
    return this.jobs.length < ENOUGH && this.areComing()
  }

  private pass(): void {
    const { waiting, jobs } = this
    if (waiting === null || jobs.length === 0) return
    this.waiting = null
    this.jobs = []
    waiting({ done: false, value: jobs })
  }
}
