import type { Job, Processor, Worker, WorkerOptions } from 'bullmq'

/** BullMQ's worker, which also takes what has run already. */
export interface QueueWorker extends Worker {
  /** Says what has come out of a job, and gets the next one with that where `wantsNext`. */
  complete(job: Job, token: string, value: unknown, wantsNext: () => boolean): Promise<Job | undefined>
}

export function queueWorker(
  bullmq: typeof import('bullmq'),
  queue: string,
  processor: Processor,
  options: WorkerOptions,
): QueueWorker {
  class Completing extends bullmq.Worker implements QueueWorker {
    complete(job: Job, token: string, value: unknown, wantsNext: () => boolean): Promise<Job | undefined> {
      // Without what surrounds it, a fifteenth of the time of a job; with it, what is not reached is tried again, and what
      // cannot be completed fails.
      const completed = this.handleCompleted(value, job, token, wantsNext) as Promise<Job | undefined>
      return completed.catch(() => this.processJob(job, token, wantsNext) as Promise<Job | undefined>)
    }
  }
  return new Completing(queue, processor, options)
}
