import type { Job, JobJson, Worker, WorkerOptions } from 'bullmq'
import type { ChunkJob } from '../engine/messages.js'

/** Takes jobs when it is asked to, and learns as well from what comes with the end of another one. */
export interface Taker extends Worker<ChunkJob> {
  /** What came with it: a job, or that none is there, so that the next question is one that waits. */
  came(answer: unknown, token: string): Promise<Job<ChunkJob> | undefined>
}

export function taker(bullmq: typeof import('bullmq'), queue: string, options: WorkerOptions): Taker {
  class QueueTaker extends bullmq.Worker<ChunkJob> implements Taker {
    came(answer: unknown, token: string): Promise<Job<ChunkJob> | undefined> {
      const [json, id] = (answer ?? []) as [JobJson?, string?]
      return this.nextJobFromJobData(json || undefined, id, token)
    }
  }
  return new QueueTaker(queue, null, options)
}
