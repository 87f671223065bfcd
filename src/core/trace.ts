import { isError, isOurs } from './errors.js'
import { machine } from './machine.js'
import type { TaskImpl } from './task.js'

/** How an error came to where it is. */
interface Trail {
  /** Of each frame that it went through in this task, the line at which that frame stood. */
  places: { stack?: string }[]
  /** How many lines its stack has got by now. */
  written: number
}

const trails = new WeakMap<Error, Trail>()

/** Longer stacks say nothing more, and an error may come by thousands of tasks. */
const MOST_LINES = 50

/** The folder of the runtime, whose frames are nobody's concern; unknown where it was bundled with other code. */
const here: string = import.meta.url
const INSIDE = here.endsWith('/core/trace.js') ? here.slice(0, -'core/trace.js'.length) : undefined

/**
 * An error is thrown into a suspended frame. Its generator hands that on to what it waits for, so whoever is asked
 * has the frame's line on its native stack: it costs nothing until an error comes. `through` is who is asked.
 */
export function passes(error: unknown, through: (error: unknown) => unknown, isOrigin: boolean): void {
  if (!isError(error) || Error.captureStackTrace === undefined) return
  const isNew = !trails.has(error)
  const trail = trailOf(error)
  // One of the runtime's own was made wherever it was noticed; this is the line that it concerns.
  if (isNew && isOrigin && isOurs(error)) capture(error, through)
  else if (trail.places.length + trail.written < MOST_LINES) {
    const place = {}
    capture(place, through)
    trail.places.push(place)
  }
}

function trailOf(error: Error): Trail {
  let trail = trails.get(error)
  if (trail === undefined) {
    trail = { places: [], written: 0 }
    trails.set(error, trail)
  }
  return trail
}

function capture(into: object, through: (error: unknown) => unknown): void {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 1
  Error.captureStackTrace(into, through)
  Error.stackTraceLimit = stackTraceLimit
}

/** A task fails with an error: writes into its stack through what it has come, without the runtime's inside. */
export function leaves(task: TaskImpl, error: unknown): void {
  if (!isError(error)) return
  const trail = trailOf(error)
  if (trail.written >= MOST_LINES) return
  const lines = trail.places.map(place => place.stack!.slice(place.stack!.indexOf('\n') + 1))
  if (task.parent !== null) {
    const spawned = machine.checks?.spawnedAt(task)
    lines.push(`    ${spawned === undefined ? 'in' : `spawned at ${spawned} as`} task "${task.name}"`)
  }
  trail.places = []
  trail.written += lines.length
  try {
    error.stack = [...(error.stack ?? String(error)).split('\n'), ...lines].filter(isOutside).join('\n')
  } catch {
    // A frozen error stays as it is.
  }
}

/** Where the platform calls the run queue, and V8 a generator. */
const HOST =
  /[ (](node:internal\/(process\/task_queues|timers)|node:async_hooks)|\.(next|throw|return) \(<anonymous>\)$/

function isOutside(line: string): boolean {
  return !/^ +at /.test(line) || !((INSIDE !== undefined && line.includes(INSIDE)) || HOST.test(line))
}
