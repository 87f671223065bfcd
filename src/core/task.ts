import { keepContext } from './async-context.js'
import { bodyFrame } from './body.js'
import { cancelledError, cancelScope, requested } from './cancel.js'
import { Children } from './children.js'
import { whenLoaded } from './debug-mode.js'
import { usage } from './errors.js'
import { type Frame, IS_CO } from './frame.js'
import { Join, Settled, type Told } from './join.js'
import type { Locals } from './local.js'
import { machine, NEXT } from './machine.js'
import type { Operation, Waiter } from './operation.js'
import { WaitQueue } from './queue.js'
import { enqueue, nextTurn } from './scheduler.js'
import { openOwnScope, type ScopeImpl } from './scope.js'
import type { Timers } from './timers.js'
import { leaves } from './trace.js'
import type { Body, BodyWith, Co, Exit, Instruction, SpawnOptions } from './types.js'
import { type Cancellation, inherited, type Unwind } from './unwind.js'

/** `ready` to take its next step, `running` it, `waiting` for something; or how it has ended. */
export type TaskState = 'ready' | 'running' | 'waiting' | 'ok' | 'failed' | 'cancelled'

// It has a `then`, and does not extend PromiseLike: a spawn that nobody joins is no forgotten wait, and the lint rule for
// promises should not take it for one.
/** A running body. `yield* task` in a coroutine, or `await task`, joins it: any number of times. */
export interface Task<out T> {
  /** Counted from 1, in the order in which tasks are made. */
  readonly id: number
  /** What it is called in errors and dumps: the `name` it was given, or the name of its function. */
  readonly name: string
  /** Where it stands now. */
  readonly state: TaskState
  /** Cancels it. The first reason counts; cancelling what has ended does nothing. Never throws. */
  cancel(reason?: unknown): void
  /** Waits until it has ended, and tells how; never throws what the task threw. */
  settled(): Co<Exit<T>>
  then<A = T, B = never>(
    onfulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onrejected?: ((reason: any) => B | PromiseLike<B>) | null,
  ): PromiseLike<A | B>
  [Symbol.iterator](): Iterator<Instruction, T, any>
}

export const ACTIVE = 0
export const OK = 1
export const FAILED = 2
export const CANCELLED = 3

/** What a task waits for: an operation, or the children of the scope at whose end it stands. */
export interface Waitable {
  retract(): boolean
  describe(): string
  /** See `Operation`. */
  heldBy(): readonly TaskImpl[] | null
}

/** Takes the end of a task instead of its scope; answers whether its failure is taken care of. */
export interface Reporter {
  ended(task: TaskImpl): boolean
}

let ids = 0

/** One record a task, in one fixed shape; all that is rarely needed is null until it is asked for. */
export class TaskImpl<T = any> implements Task<T>, Waiter {
  readonly id = ++ids
  status = ACTIVE
  /** How the top frame will be resumed, and with what; after the end, the value or the error. */
  mode = NEXT
  value: unknown = undefined
  top: Frame | null = null
  waiting: Waitable | null = null
  /** The innermost scope; the outermost is the task's own. Null until there is one. */
  scope: ScopeImpl | null = null
  /** Scopes from this one out do not reach the cleanup that runs now. */
  mask: ScopeImpl | null = null
  unwind: Unwind | null = null
  /** Some scope of this task is cancelled; `reaching` tells whether that concerns the running code. */
  interrupted = false
  /** Somebody has asked how it ended. */
  observed = false
  readonly isDaemon: boolean
  readonly parent: ScopeImpl | null
  previous: TaskImpl | null = null
  next: TaskImpl | null = null
  locals: Locals | null
  readonly timers: Timers
  reporter: Reporter | null
  private readonly label: string | { readonly name: string }
  private joiners: WaitQueue<Told> | null = null
  /** The promise that async code awaits. Made when somebody does. */
  private answer: Answer<T> | null = null

  private constructor(
    parent: ScopeImpl | null,
    timers: Timers,
    locals: Locals | null,
    label: string | { readonly name: string },
    isDaemon: boolean,
    reporter: Reporter | null,
  ) {
    this.parent = parent
    this.timers = timers
    this.locals = locals
    this.label = label
    this.isDaemon = isDaemon
    this.reporter = reporter
    keepContext(this)
  }

  static root<T>(body: Body<T>, name: string | undefined, timers: Timers): TaskImpl<T> {
    const task = new TaskImpl<T>(null, timers, null, name ?? labelOf(body), false, null)
    bodyFrame(body, [], task).push(task)
    roots.add(task)
    machine.hooks?.taskSpawned(task)
    whenLoaded(() => enqueue(task))
    return task
  }

  static child<T>(
    scope: ScopeImpl,
    body: BodyWith<any[], T>,
    options?: SpawnOptions,
    before: readonly unknown[] = [],
    reporter: Reporter | null = null,
  ): TaskImpl<T> {
    const task = TaskImpl.unqueued<T>(scope, body, options, before, reporter)
    enqueue(task)
    return task
  }

  /** A child that whoever made it steps first. */
  static unqueued<T>(
    scope: ScopeImpl,
    body: BodyWith<any[], T>,
    options: SpawnOptions | undefined,
    before: readonly unknown[],
    reporter: Reporter | null,
  ): TaskImpl<T> {
    scope.checkOpen()
    const owner = scope.task
    const { task: current } = machine
    const task = new TaskImpl<T>(
      scope,
      owner.timers,
      (current ?? owner).locals,
      options?.name ?? labelOf(body),
      options?.daemon === true,
      reporter,
    )
    bodyFrame(body, before, task).push(task)
    const cancellation = owner.interrupted ? inherited(scope) : null
    if (cancellation !== null) task.bornCancelled(cancellation)
    scope.adopt(task)
    if (machine.hooks !== null) machine.hooks.taskSpawned(task)
    return task
  }

  get task(): this {
    return this
  }

  get name(): string {
    const { label } = this
    return (typeof label === 'string' ? label : label.name) || `task ${this.id}`
  }

  get own(): ScopeImpl | null {
    let scope = this.scope
    while (scope !== null && scope.outer !== null) scope = scope.outer
    return scope
  }

  get signal(): AbortSignal {
    return ownScope(this).signal
  }

  get state(): TaskState {
    if (this.status === OK) return 'ok'
    if (this.status === FAILED) return 'failed'
    if (this.status === CANCELLED) return 'cancelled'
    if (machine.task === this) return 'running'
    return this.waiting === null ? 'ready' : 'waiting'
  }

  cancel(reason?: unknown): void {
    if (this.status === ACTIVE) cancelScope(ownScope(this), requested('cancel', reason))
  }

  settled(): Co<Exit<T>> {
    return new Settled(this)
  }

  [Symbol.iterator](): Iterator<Instruction, T, any> {
    return new Join<T>(this)
  }

  then<A = T, B = never>(
    onfulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onrejected?: ((reason: any) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.observed = true
    if (this.answer === null) {
      this.answer = new Answer()
      if (this.status !== ACTIVE) this.answer.give(this)
    }
    return this.answer.promise.then(onfulfilled, onrejected)
  }

  /** What a joiner is thrown. */
  get error(): unknown {
    return this.status === CANCELLED ? this.reason : this.value
  }

  exit(): Exit<T> {
    if (this.status === OK) return { status: 'ok', value: this.value as T }
    if (this.status === FAILED) return { status: 'failed', error: this.value }
    return { status: 'cancelled', reason: this.reason }
  }

  private get reason() {
    return cancelledError(this.value as Cancellation, this)
  }

  /** Those who are told of the end. */
  get queue(): WaitQueue<Told> {
    this.joiners ??= new WaitQueue()
    return this.joiners
  }

  // --- for the runtime -----------------------------------------------------------------------------------------

  wake(_operation: Operation, mode: number, value: unknown): void {
    this.resume(mode, value)
  }

  resume(mode: number, value: unknown): void {
    this.waiting = null
    this.mode = mode
    this.value = value
    enqueue(this)
  }

  bornCancelled(cancellation: Cancellation): void {
    const own = ownScope(this)
    own.cancellation = cancellation
    this.interrupted = true
    machine.hooks?.scopeCancelled(own)
  }

  endOk(value: unknown): void {
    this.settle(OK, value)
  }

  endCancelled(cancellation: Cancellation): void {
    this.settle(CANCELLED, cancellation)
  }

  settle(status: number, value: unknown): void {
    this.status = status
    this.value = value
    this.top = null
    if (status === FAILED) leaves(this, value)
    if (this.parent === null) {
      roots.remove(this)
      this.reporter?.ended(this)
    } else this.parent.childEnded(this)
    this.scope = null
    const { joiners } = this
    this.joiners = null
    if (joiners !== null) for (let join = joiners.shift(); join !== null; join = joiners.shift()) join.tell()
    this.answer?.give(this)
    if (machine.hooks !== null) machine.hooks.taskEnded(this)
    if (status === FAILED && this.parent === null && !this.observed) reportLater(this)
  }

  /** Nothing is ever silent: a rejection that nobody handles is the platform's business to report. */
  reportUnobserved(): void {
    if (this.observed) return
    this.answer = new Answer()
    this.answer.give(this)
  }

  observe(): void {
    if (this.observed) return
    this.observed = true
    this.answer?.promise.catch(() => {})
  }
}

/** Whoever awaits it at the moment in which it fails asks in a microtask, and then stands in the run queue: they look first. */
function reportLater(task: TaskImpl): void {
  function* report() {
    task.reportUnobserved()
  }
  nextTurn(() => TaskImpl.root(report, 'report', task.timers))
}

class Answer<T> {
  private resolve!: (value: T) => void
  private reject!: (error: unknown) => void
  readonly promise = new Promise<T>((resolve, reject) => {
    this.resolve = resolve
    this.reject = reject
  })

  give(task: TaskImpl<T>): void {
    if (task.status === OK) this.resolve(task.value as T)
    else this.reject(task.error)
  }
}

Object.defineProperty(TaskImpl.prototype, IS_CO, { value: true })

/** The root tasks that have not ended. */
export const roots = new Children()

export function ownScope(task: TaskImpl): ScopeImpl {
  if (task.scope === null) {
    task.scope = openOwnScope(task)
    return task.scope
  }
  return task.own!
}

/**
 * The task that runs now; `undefined` outside of any.
 *
 * @example
 * const reader = spawn(() => currentTask()?.name, { name: 'reader' })
 * yield* reader // 'reader'
 */
export function currentTask(): Task<unknown> | undefined {
  return machine.task ?? undefined
}

/** The scope that `spawn`, `defer` and the others speak of: the innermost one that takes children. */
export function currentScope(what: string, instead: string): ScopeImpl {
  const { task } = machine
  if (task === null) throw usage.outside(what, instead)
  let scope = task.scope ?? ownScope(task)
  while (scope.isShield) scope = scope.outer!
  return scope
}

function labelOf(body: unknown): string | { readonly name: string } {
  return typeof body === 'function' || (typeof body === 'object' && body !== null)
    ? (body as { name: string })
    : ''
}

/**
 * Starts a child of the innermost scope; it takes its first step when the task that spawned it has suspended.
 *
 * @example
 * const reader = spawn(function* () {
 *   yield* sleep(10)
 *   return 'text'
 * }, { name: 'reader' })
 * yield* reader // 'text'
 * @throws UsageError outside of a task.
 * @see trio's `Nursery.start_soon`
 */
export function spawn<T>(body: Body<T>, options?: SpawnOptions): Task<T> {
  const scope = currentScope('spawn()', 'write run(body) for a root task, or scope.spawn(body)')
  return TaskImpl.child(scope, body, options)
}
