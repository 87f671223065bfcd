import { CancelledError, TimeoutError } from '../../core/errors.js'
import type { Task, TaskImpl } from '../../core/task.js'
import type { Coroutine } from '../../core/types.js'
import type { Engine } from './engine.js'
import { type Runtime, runtime } from './runtime.js'

/** How long an async function may go on after its signal was aborted, in milliseconds. */
const GRACE = 1000

/** Why an attempt is being given up. */
interface Cut {
  readonly error: Error
  readonly cancelled: boolean
}

/** One call that has begun: its signal, its time, and what it waits for. */
export class Attempt {
  readonly id: number
  readonly engine: Engine
  readonly began: number
  private controller: AbortController | null = null
  task: Task<unknown> | null = null
  private timer: NodeJS.Timeout | null = null
  private cut: Cut | null = null
  /** It has had its outcome: what still comes from it belongs to nobody. */
  over = false

  constructor(engine: Engine, id: number, began: number) {
    this.engine = engine
    this.id = id
    this.began = began
  }

  /** Made when somebody looks: a controller an item would be the dearest part of a small one. */
  get signal(): AbortSignal {
    if (this.controller === null) {
      this.controller = new AbortController()
      if (this.cut !== null) this.controller.abort(this.cut.error)
    }
    return this.controller.signal
  }

  /** Waits for a promise or runs a coroutine. False: it is neither, but a value. */
  follow(given: object): boolean {
    const promise = this.promised(given)
    if (promise === null) return false
    const { timeout } = this.engine
    if (timeout !== Infinity) {
      const left = Math.max(0, this.began + timeout - performance.now())
      // Longer delays than a native timer takes are as good as none for one attempt.
      if (left < 2 ** 31) this.timer = setTimeout(() => this.expire(), left)
    }
    promise.then(
      value => this.settled(true, value),
      error => this.settled(false, error),
    )
    return true
  }

  cancel(): void {
    this.giveUp({ error: new CancelledError('the item was cancelled'), cancelled: true })
  }

  /** An error that came from this item's own callbacks, where nobody could catch it. */
  fail(error: unknown): boolean {
    if (this.over) return false
    this.leave(error)
    this.task?.cancel(error)
    this.controller?.abort(error)
    return true
  }

  private promised(given: object): PromiseLike<unknown> | null {
    if (given instanceof Promise) return given
    if (typeof (given as { then?: unknown }).then !== 'function' && !isGenerator(given)) return null
    const core = runtime()
    return core instanceof Promise ? core.then(core => this.started(given, core)) : this.started(given, core)
  }

  private started(given: object, { run, isCo }: Runtime): PromiseLike<unknown> {
    if (!isGenerator(given) && !isCo(given)) return Promise.resolve(given)
    this.task = (this.engine.run ?? run)(given as Coroutine<unknown>)
    const { locals } = this.engine
    // It has not taken its first step.
    if (locals !== undefined) (this.task as TaskImpl).locals = new Map(locals)
    if (this.cut !== null) this.task.cancel(this.cut.error)
    return this.task
  }

  private expire(): void {
    this.giveUp({ error: timedOut(this.engine.timeout), cancelled: false })
  }

  private giveUp(cut: Cut): void {
    if (this.cut !== null || this.over) return
    this.cut = cut
    if (this.timer !== null) clearTimeout(this.timer)
    if (this.task !== null) {
      this.task.cancel(cut.error)
    } else if (this.controller !== null) {
      this.timer = setTimeout(() => this.abandon(), GRACE)
      this.controller.abort(cut.error)
    } else {
      // It has never looked at its signal, so there is nothing that it could do about it.
      this.abandon()
    }
  }

  private abandon(): void {
    this.leave(this.cut!.error)
  }

  private settled(ok: boolean, given: unknown): void {
    if (this.over) this.engine.noteAbandoned(-1)
    else this.end(ok, given)
  }

  /** It has its outcome, and goes on behind everybody's back. */
  private leave(error: unknown): void {
    if (this.over) return
    this.engine.noteAbandoned(1)
    this.end(false, error)
  }

  private end(ok: boolean, given: unknown): void {
    this.over = true
    if (this.timer !== null) clearTimeout(this.timer)
    const { cut } = this
    if (cut === null || (ok && cut.cancelled)) this.engine.ended(this, ok, given, false)
    else if (ok || isOwn(given, cut.error)) this.engine.ended(this, false, cut.error, cut.cancelled)
    // Its cleanup failed: that is not lost, and an attempt that ran out of time has still run out of time.
    else this.engine.ended(this, false, cut.cancelled ? given : withCause(cut.error, given), false)
  }
}

function isGenerator(given: object): boolean {
  return 'next' in given && Object.prototype.toString.call(given) === '[object Generator]'
}

export function timedOut(ms: number): TimeoutError {
  return new TimeoutError(`timed out after ${ms < 1000 ? `${ms} ms` : `${ms / 1000} s`}`)
}

/** Whether the error is only the echo of having been cut. */
function isOwn(error: unknown, cut: Error): boolean {
  if (error === cut) return true
  if (error instanceof CancelledError && error.reason === cut) return true
  return error instanceof Error && error.name === 'AbortError'
}

function withCause(error: Error, cause: unknown): Error {
  Object.defineProperty(error, 'cause', { value: cause, configurable: true, writable: true })
  return error
}
