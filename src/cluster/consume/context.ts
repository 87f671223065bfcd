import type { Context } from '../../workers/internal.js'

/** What is told of a job beside its data. */
export interface JobOf {
  /** As BullMQ has it. */
  readonly id: string
  /** The name that it was added under. */
  readonly name: string
  /** How many attempts it has behind it: 0 at first. */
  readonly attempts: number
}

/**
 * The second argument of a handler that `omakase consume` serves a queue with.
 *
 * `progress(…)` and `log(…)` are those of the job: dashboards show them. Of `progress` only the newest value counts.
 *
 * ```ts
 * import type { JobContext } from 'omakase/cluster'
 *
 * export default async ({ to }: { to: string }, { job, log }: JobContext) => {
 *   log(`${job.name} ${job.id}, attempt ${job.attempts + 1}`)
 *   return `sent to ${to}`
 * }
 * ```
 */
export interface JobContext<Resource = unknown> extends Context<Resource> {
  /** Which job it is, and how often it was tried. */
  readonly job: JobOf
}
