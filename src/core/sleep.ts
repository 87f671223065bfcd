import { checkDuration, usage } from './errors.js'
import { IS_CO } from './frame.js'
import { AGAIN, GO, machine, yielded } from './machine.js'
import { Operation } from './operation.js'
import { run } from './run.js'
import { realTimers, type Timed } from './timers.js'
import type { Co, Instruction } from './types.js'
import { beginUnwind, reaching } from './unwind.js'

class Sleep extends Operation<void> implements Timed {
  declare readonly isDeadline: false
  order = 0
  slot = -1

  constructor(ms: number) {
    super()
    // Until it begins; a field of its own would be memory of every sleeper.
    this.value = ms as never
  }

  begin(): boolean {
    const { timers } = this.waiter!.task
    timers.add(this, timers.clock.now() + (this.value as never))
    this.value = undefined
    return false
  }

  withdraw(): boolean {
    this.waiter!.task.timers.remove(this)
    return true
  }

  expire(): void {
    this.grant(undefined)
  }

  describe(): string {
    return 'sleep'
  }
}
Object.defineProperty(Sleep.prototype, 'isDeadline', { value: false })

/**
 * Waits for `ms` milliseconds, never less. `sleep(0)` is a `checkpoint()`, `sleep(Infinity)` is `forever()`.
 *
 * @example
 * yield* sleep(10)
 * @throws UsageError for a negative number or NaN.
 */
export function sleep(ms: number): Co<void> {
  checkDuration('sleep', ms)
  if (ms === 0) return checkpoint()
  if (ms === Infinity) return forever()
  return new Sleep(ms)
}

/**
 * Milliseconds of the clock by which the task's timers run; never goes back.
 *
 * @example
 * const before = now()
 * yield* sleep(10)
 * now() - before >= 10 // true
 */
export function now(): number {
  return (machine.task?.timers ?? realTimers).clock.now()
}

class Forever extends Operation<never> {
  begin(): boolean {
    return false
  }

  withdraw(): boolean {
    return true
  }

  describe(): string {
    return 'forever'
  }
}

/**
 * Waits until it is cancelled.
 *
 * @example
 * yield* moveOnAfter(10, () => forever()) // undefined
 * @see trio's `sleep_forever`
 */
export function forever(): Co<never> {
  return new Forever()
}

const RESUMED = Symbol()
const PASSED: IteratorReturnResult<void> = { done: true, value: undefined }

/** One object for all: a switch allocates nothing. */
const CHECKPOINT: Co<void> & Iterator<Instruction, void, any> & { [IS_CO]: true } = {
  [IS_CO]: true,
  [Symbol.iterator]() {
    return this
  },
  next(sent?: unknown) {
    const { task } = machine
    if (task === null) throw usage.outsideOf('checkpoint')
    if (task.interrupted) {
      const target = reaching(task)
      if (target !== null) {
        beginUnwind(task, target)
        return yielded(GO)
      }
    }
    if (sent === RESUMED) return PASSED
    task.value = RESUMED
    return yielded(AGAIN)
  },
  throw(error): IteratorResult<Instruction, void> {
    throw error
  },
  return(value?: any) {
    machine.checks?.cut(CHECKPOINT.return!)
    return { done: true, value }
  },
  then(onfulfilled, onrejected) {
    return run(checkpointed).then(onfulfilled, onrejected)
  },
}

function* checkpointed(): Generator<Instruction, void, any> {
  yield* CHECKPOINT
}

/**
 * Lets every other task that is ready run first; a cancellation is seen here.
 *
 * @example
 * let sum = 0
 * for (let i = 1; i <= 100_000; i += 1) {
 *   sum += i
 *   if (i % 1000 === 0) yield* checkpoint()
 * }
 * sum // 5_000_050_000
 * @see trio's `lowlevel.checkpoint`
 */
export function checkpoint(): Co<void> {
  return CHECKPOINT
}
