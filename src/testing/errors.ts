import { type Task, UsageError } from '../core/index.js'
import type { Waiting } from './waiting.js'

/** A body failed under one schedule; `cause` is what it threw, and the seed gives that schedule again. */
export class ScheduleError extends Error {
  override readonly name = 'ScheduleError'
  /** For `explore(body, { seeds: [seed] })`. */
  readonly seed: number

  constructor(seed: number, cause: unknown) {
    super(`seed ${seed} (again with explore(body, { seeds: [${seed}] })): ${headline(cause)}`, { cause })
    this.seed = seed
  }
}

/** A body that was cancelled at one of its suspension points did not end as it should; `cause` tells how. */
export class SweepError extends Error {
  override readonly name = 'SweepError'
  /** Counted from 1; the first one is before the body's first step. */
  readonly point: number

  constructor(point: number, at: string, cause: unknown) {
    super(`cancelled at point ${point}, ${at}: ${headline(cause)}`, { cause })
    this.point = point
  }
}

/** Tasks went on after the test that started them had ended. */
export class LeakError extends Error {
  override readonly name = 'LeakError'
  /** The tasks that were left. */
  readonly tasks: readonly Task<unknown>[]

  constructor(leaked: readonly Waiting[]) {
    const count = leaked.length === 1 ? 'a task was' : `${leaked.length} tasks were`
    super(
      `${count} still running when the test had ended: ${list(leaked)}; join or cancel what run() gives, or spawn() it in a scope`,
    )
    this.tasks = leaked.map(({ task }) => task)
  }
}

export const message = {
  stuck: (waiting: readonly Waiting[]) => `nothing can go on, and no time will change that: ${list(waiting)}`,
  stuckCleanup: (waiting: readonly Waiting[]) => `cleanup never ends: ${list(waiting)}`,
}

export const usage = {
  notAgain: (what: string) =>
    new UsageError(`${what} runs its body many times; give a function, and not what its call returns`),
  badSeed: (value: unknown) =>
    new UsageError(`${String(value)} is no seed; give a whole number of 0 or more`),
  badSeeds: (value: unknown) =>
    new UsageError(
      `explore got ${String(value)} for seeds; give how many schedules to try (1 or more), or a list of seeds`,
    ),
  tooManyPoints: (most: number) =>
    new UsageError(
      `cancelSweep: the body is still running after ${most} suspension points; give it an end, or set { points }`,
    ),
}

export function list(waiting: readonly Waiting[]): string {
  const shown = waiting
    .slice(0, MOST_SHOWN)
    .map(({ task, on }) => `"${task.name}" (${on === null ? 'is about to go on' : `waits on ${on}`})`)
  if (waiting.length > MOST_SHOWN) shown.push(`and ${waiting.length - MOST_SHOWN} more`)
  return shown.join(', ')
}

const MOST_SHOWN = 10

function headline(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error)
}
