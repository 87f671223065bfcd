import { Queued } from '../../core/internal.js'
import { type Carried, carried } from '../carried.js'
import type { PoolInput } from './input.js'
import type { Lane } from './lane.js'

/** What a pool does with a call. */
export interface Desk {
  readonly name: string
  submit(call: PoolCall): void
  /** It is not wanted any more; false where a worker has it already, and will tell of it. */
  revoke(call: PoolCall): boolean
}

/**
 * How much later than in the worker a deadline may be seen here, in milliseconds. One that is not seen by then has
 * been moved.
 */
const LATE_MS = 100

/** Waits for what a function gives in a worker. */
export class PoolCall<T = unknown> extends Queued<T> {
  readonly fn: string
  readonly args: readonly unknown[]
  lane: Lane | null = null
  isCancelled = false
  private readonly desk: Desk
  private readonly place: { stack?: string } = {}
  private carried: Carried | null = null
  private isOverdue = false

  constructor(desk: Desk, fn: string, args: readonly unknown[]) {
    super()
    this.desk = desk
    this.fn = fn
    this.args = args
  }

  begin(): boolean {
    this.carried = carried()
    this.desk.submit(this)
    return false
  }

  withdraw(): boolean {
    this.isCancelled = true
    return this.isOverdue || this.desk.revoke(this)
  }

  /** A worker ends it, and no task here. */
  override heldBy(): null {
    return null
  }

  describe(): string {
    return `${this.fn}() in ${this.desk.name}`
  }

  /** The line that calls, which `caller` has been called from. Costs nothing until somebody looks at the stack. */
  calledFrom(caller: (...args: any[]) => unknown): this {
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 1
    Error.captureStackTrace(this.place, caller)
    Error.stackTraceLimit = stackTraceLimit
    return this
  }

  get input(): PoolInput {
    const { fn, args } = this
    const { due, locals } = this.carried!
    const left = Math.max(0, due - performance.now())
    return { fn, args, ...(left < Infinity && { left }), ...(locals && { locals }) }
  }

  /** Whether the deadline that it was sent with has passed. */
  get isDue(): boolean {
    return performance.now() >= this.carried!.due
  }

  /** It was cut there by the deadline of its caller, which is about to pass here, too: that is told, and not this. */
  overdue(otherwise: () => void): void {
    this.isOverdue = true
    setTimeout(() => this.pending && otherwise(), LATE_MS)
  }

  /** Writes the way back into the stack of an error of the worker. */
  stitch(error: unknown): unknown {
    if (!(error instanceof Error) || error.stack === undefined) return error
    const at = this.place.stack?.split('\n    at ')[1]
    const called = `    called as ${this.fn}() in ${this.desk.name}${at === undefined ? '' : ` at ${at}`}`
    const stack = `${error.stack}\n${called}`
    Object.defineProperty(error, 'stack', { value: stack, configurable: true, writable: true })
    return error
  }
}
