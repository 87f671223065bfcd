import { type Exit, run } from '../core/index.js'
import { type BodyWith, bodyFrame, type Coroutine, checkCount, currentScope } from '../core/internal.js'
import { list, SweepError, usage } from './errors.js'
import { type Repeatable, repeatable } from './repeatable.js'
import { type TestOptions, trial } from './trial.js'
import { waitingIn } from './waiting.js'

/** One run of a sweep. */
export interface Sweep<T> {
  /** Where the body was cancelled, counted from 1: the first point is before its first step. */
  readonly point: number
  /** Who was there then, and waited on what. */
  readonly at: string
  /** How the body ended: `cancelled`, or `ok` where it was completed all the same. */
  readonly exit: Exit<T>
}

/** How a body is swept. */
export interface CancelSweepOptions extends Pick<TestOptions, 'seed'> {
  /** How many suspension points the body may have; 10,000 by default. */
  readonly points?: number
}

const DEFAULT_POINTS = 10_000

/**
 * Runs a body to its end, then again and again: each time it is cancelled at another of the points at which it or
 * one of its children is suspended, from before its first step to its last one. After each, `check` is called. Errors
 * of the body's cleanup are thrown, as is what `runTest` would throw: cleanup that never ends, and tasks that are left.
 *
 * @example
 * const pool = new Semaphore(1)
 * const points = await cancelSweep(
 *   () => pool.with(() => sleep(1000)),
 *   () => {
 *     assert(pool.tryAcquire()) // wherever it was cancelled, the permit is back
 *     pool.release()
 *   },
 * )
 * points >= 2 // true
 * @returns at how many points the body was cancelled.
 * @throws SweepError with what went wrong as its `cause`; the body's own error where it fails uncancelled.
 */
export async function cancelSweep<T>(
  body: Repeatable<T>,
  check: BodyWith<[sweep: Sweep<T>], unknown> = () => {},
  options: CancelSweepOptions = {},
): Promise<number> {
  const { seed } = options
  const most = checkCount('cancelSweep: points', options.points ?? DEFAULT_POINTS)
  const test: TestOptions = seed === undefined ? {} : { seed }
  const again = repeatable('cancelSweep', body)
  const count = await countPoints(again, test, most)
  for (let point = 1; point <= count; point++) {
    const { at, exit } = await cancelAt(point, again, test)
    if (exit.status === 'failed') throw new SweepError(point, at, exit.error)
    try {
      await run(function* (): Coroutine<void> {
        yield* bodyFrame(check, [{ point, at, exit }], currentScope('', ''))
      })
    } catch (error) {
      throw new SweepError(point, at, error)
    }
  }
  return count
}

async function countPoints<T>(body: Repeatable<T>, test: TestOptions, most: number): Promise<number> {
  let count = 0
  const { exit, isStuck } = await trial(body, test, task => {
    if (++count > most) task.cancel('more points than were allowed')
  })
  if (count > most) throw usage.tooManyPoints(most)
  // A body that waits for ever, such as a server, has been at all of its points.
  if (exit.status === 'failed' && !isStuck) throw exit.error
  return count
}

async function cancelAt<T>(
  point: number,
  body: Repeatable<T>,
  test: TestOptions,
): Promise<{ at: string; exit: Exit<T> }> {
  let count = 0
  let at = 'after the last one that it came to'
  const { exit } = await trial(body, test, task => {
    if (++count !== point) return
    at = point === 1 ? 'before its first step' : list(waitingIn(task))
    task.cancel(`cancelSweep: point ${point}`)
  })
  return { at, exit }
}
