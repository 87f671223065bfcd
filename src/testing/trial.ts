import { type Body, DeadlockError, type Exit, run } from '../core/index.js'
import { combine, nextTurn, type TaskImpl } from '../core/internal.js'
import { type Conductor, conductorOf } from './conductor.js'
import { message, usage } from './errors.js'
import { LeakCheck } from './leaks.js'
import { clearTimeout, hasHandles, setTimeout } from './platform.js'
import { scheduleOf } from './schedule.js'
import { type VirtualClock, virtualClock } from './virtual-clock.js'
import { isOutside, type Waiting, waitingIn } from './waiting.js'

/** How a test runs. */
export interface TestOptions {
  /** What the body's task is called in errors; the name of its function unless given. */
  readonly name?: string
  /** By what the body and its children run; a new virtual clock unless given. */
  readonly clock?: VirtualClock
  /**
   * Draws which of the tasks that are ready goes on, and what they get from `Math.random`. The same seed gives the
   * same order. They go on in the order in which they became ready where none is given.
   */
  readonly seed?: number
  /** Cancels the body when it is aborted, such as the signal that a test is given. */
  readonly signal?: AbortSignal
}

/** How one run of a body ended. */
export interface Trial<T> {
  readonly exit: Exit<T>
  /** It did not end by itself: nothing could go on. */
  readonly isStuck: boolean
}

/** Real milliseconds for which nothing may happen before a run counts as stuck; only a run that is stuck takes them. */
const PATIENCE = 100

/** Runs a body on a virtual clock, to its very end; tasks that it leaves behind are an error. */
export async function trial<T>(
  body: Body<T>,
  options: TestOptions,
  onPoint?: (task: TaskImpl<T>) => void,
): Promise<Trial<T>> {
  const { clock = virtualClock(), seed, ...rest } = options
  const schedule = seed === undefined ? null : scheduleOf(checkSeed(seed))
  const task = run(body, { ...rest, clock }) as TaskImpl<T>
  const leaks = new LeakCheck(task)
  const conductor = conductorOf(task.timers)
  conductor.schedule = schedule
  if (onPoint !== undefined) conductor.onPoint = () => onPoint(task)
  conductor.hold()
  const stuck = await ending(task, conductor)
  conductor.onPoint = conductor.onStill = null
  // What else is about to end may do so; time does not pass for it.
  await new Promise<void>(resolve => conductor.add({ task, wakeIdle: resolve }))
  conductor.schedule = null
  conductor.letGo()
  const errors = [stuck, leaks.end()].filter(error => error !== undefined)
  return { exit: exitOf(task, errors), isStuck: stuck !== undefined }
}

/** Waits until the task has ended. Where that will never be it is cancelled, and the error tells why. */
async function ending(task: TaskImpl, conductor: Conductor): Promise<DeadlockError | undefined> {
  const settled = () => task.state
  const ended = Promise.resolve(task.then(settled, settled))
  const stuck = await standstill(task, conductor, ended)
  if (stuck === null) return undefined
  conductor.onPoint = null
  task.cancel('nothing can go on')
  const still = await standstill(task, conductor, ended)
  return new DeadlockError(still === null ? message.stuck(stuck) : message.stuckCleanup(still))
}

function exitOf<T>(task: TaskImpl<T>, errors: unknown[]): Exit<T> {
  if (errors.length === 0) return task.exit()
  if (task.state === 'failed') errors.unshift(task.error)
  return { status: 'failed', error: combine(errors) }
}

/** Waits until the task has ended; what it and those within it wait on, where that will never be. */
function standstill(
  task: TaskImpl,
  conductor: Conductor,
  ended: Promise<unknown>,
): Promise<Waiting[] | null> {
  return new Promise(resolve => {
    let patience: ReturnType<typeof setTimeout> | undefined
    void ended.then(() => {
      clearTimeout(patience)
      resolve(null)
    })
    const look = (steps: number): void => {
      const isQuiet = conductor.steps === steps
      // Time may pass when somebody lets it.
      if (!isQuiet || task.timers.size > 0) return
      const waiting = waitingIn(task)
      // Somebody may just have been woken.
      if (waiting.some(each => each.on === null || isOutside(each))) return
      // A socket, a process or a timer may still call something.
      if (hasHandles()) wait(steps)
      else resolve(waiting)
    }
    const wait = (steps: number): void => {
      clearTimeout(patience)
      // A turn later, the timer itself is not alive any more.
      patience = setTimeout(() => nextTurn(() => look(steps)), PATIENCE)
    }
    conductor.onStill = () => wait(conductor.steps)
    conductor.stir()
  })
}

export function checkSeed(seed: number): number {
  if (!Number.isSafeInteger(seed) || seed < 0) throw usage.badSeed(seed)
  return seed
}
