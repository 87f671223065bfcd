import { bodyFrame } from './body.js'
import { cancelChildren, cancelledError, cancelScope, requested } from './cancel.js'
import { Children } from './children.js'
import { Deadline } from './deadline.js'
import { combine, list, ScopeError, TimeoutError, usage } from './errors.js'
import { Failures } from './failures.js'
import { FRESH, type Frame, IS_CO } from './frame.js'
import { GraceTimer } from './grace.js'
import type { Locals } from './local.js'
import { AGAIN, GO, MAX_STREAK, machine, NEXT, PARK, RETURN, THROW, yielded } from './machine.js'
import { startChild } from './start.js'
import { FAILED, ownScope, type Task, TaskImpl } from './task.js'
import { passes } from './trace.js'
import type { Body, BodyWith, Co, Exit, Instruction, Scope, ScopeOptions, SpawnOptions } from './types.js'
import { beginUnwind, type Cancellation, inherited, interruptedStill, reaching } from './unwind.js'

/** A function to be called at the end, and what it gets before the exit. */
interface Deferred {
  readonly fn: (...args: any[]) => any
  readonly before: readonly unknown[]
}

const OPEN = 1
const JOINING = 2
const DEFERRED = 3
export const CLOSED = 4

/** A timeout is a scope that its body does not see; a shield takes no children and lets no cancellation in. */
type Kind = 'task' | 'scope' | 'timeout' | 'moveOnAfter' | 'attempt' | 'contest' | 'shield'

const NOTHING: readonly unknown[] = []

/**
 * A scope, its frame on its owner's stack, and the `Co` that enters it. Every task has one of its own, made when it
 * is first needed.
 */
export class ScopeImpl<T = unknown> implements Scope, Co<T>, Iterator<Instruction, T, any> {
  declare readonly done: true
  /** Tells the loop that this frame is not a generator's. */
  declare readonly gen: null
  stage: number = FRESH
  below: Frame | null = null
  value: T = undefined as T

  /** The owner, and the scope around this one in the same task. Set when it is entered. */
  task: TaskImpl = null as unknown as TaskImpl
  outer: ScopeImpl | null = null

  children: Children | null = null

  cancellation: Cancellation | null = null
  /** Something was in fact cut short by the cancellation. */
  delivered = false
  /** The owner's frames in this scope were unwound; where it failed all the same, that was in its cleanup. */
  unwound = false
  private daemonsCancelled = false
  private failures: Failures | null = null
  private deferred: Deferred[] | null = null
  private timer: Deadline | null = null
  private graceTimer: GraceTimer | null = null
  abort: AbortController | null = null
  /** What the owner's locals and mask were outside. */
  private locals: Locals | null = null
  private mask: ScopeImpl | null = null
  private masking = false

  /** What it gives is an item that was handed over, or a resource: a cancellation that comes later must not lose it. */
  private keepsValue: boolean
  private readonly kind: Kind
  private readonly body: BodyWith<any[], T> | null
  private readonly options: ScopeOptions | null

  constructor(kind: Kind, body: BodyWith<any[], T> | null, options: ScopeOptions | null = null) {
    this.kind = kind
    this.keepsValue = kind === 'contest'
    this.body = body
    this.options = options
    if (machine.checks !== null && kind !== 'task') machine.checks.created(this)
  }

  get isShield(): boolean {
    return this.kind === 'shield'
  }

  get name(): string {
    return this.options?.name ?? (this.kind === 'task' ? this.task.name : this.kind)
  }

  // --- as a Co -------------------------------------------------------------------------------------------------

  [Symbol.iterator](): this {
    if (this.stage !== FRESH) throw usage.usedTwice(this.name)
    return this
  }

  next(sent?: unknown): IteratorResult<Instruction, T> {
    if (this.stage !== FRESH) {
      this.value = sent as T
      return this
    }
    const task = machine.task
    if (task === null) throw usage.outsideOf(this.name)
    // Entering is an operation, so that a loop of it is fair, but no checkpoint.
    if (++machine.streak > MAX_STREAK) {
      task.value = undefined
      return yielded(AGAIN)
    }
    this.enter(task)
    let mode = NEXT
    let value: unknown
    try {
      const result = bodyFrame<T>(
        this.body!,
        this.kind === 'scope' || this.kind === 'contest' ? [this] : NOTHING,
        this,
      ).next()
      if (!result.done) return result
      value = result.value
    } catch (error) {
      mode = THROW
      value = error
    }
    const verdict = this.complete(mode, value)
    if (verdict === GO && (this.stage as number) === CLOSED) {
      if (task.mode === NEXT) {
        this.value = task.value as T
        return this
      }
      if (task.mode === THROW) throw task.value
    }
    return yielded(verdict)
  }

  throw(error: unknown): IteratorResult<Instruction, T> {
    passes(error, this.throw, true)
    throw error
  }

  return(value?: any): IteratorResult<Instruction, T> {
    machine.checks?.cut(this.return)
    this.value = value
    return this
  }

  private enter(task: TaskImpl): void {
    this.stage = OPEN
    this.task = task
    ownScope(task)
    this.outer = task.scope
    this.below = task.top
    this.locals = task.locals
    task.top = this
    task.scope = this
    if (machine.hooks !== null && !this.isShield) machine.hooks.scopeOpened(this)
    const timeout = this.options?.timeout
    if (timeout !== undefined && timeout !== Infinity) this.deadline = task.timers.clock.now() + timeout
  }

  // --- the way out ---------------------------------------------------------------------------------------------

  /** The frame above has ended: the body, or a deferred function. Answers PARK, or GO with the task set up. */
  complete(mode: number, value: unknown): number {
    if (this.stage === OPEN) {
      if (mode === NEXT) this.value = value as T
      else if (mode === RETURN) this.unwound = true
      else this.fail(value, null)
    } else if (this.stage === DEFERRED && mode === THROW) this.record(value)
    return this.advance()
  }

  private advance(): number {
    const { task } = this
    if (this.children !== null && this.children.count > 0) {
      this.stage = JOINING
      if (this.children.areAllDaemons) this.cancelDaemons()
      task.waiting = this
      return PARK
    }
    const release = this.deferred?.pop()
    if (release !== undefined) {
      this.stage = DEFERRED
      if (!this.unwound && !this.masking) {
        this.masking = true
        this.mask = task.mask
        task.mask = this
      }
      try {
        bodyFrame(release.fn, [...release.before, this.exit()], this).push(task)
      } catch (error) {
        // A generator function takes its arguments apart when it is called.
        this.record(error)
        return this.advance()
      }
      task.mode = NEXT
      task.value = undefined
      return GO
    }
    return this.finish()
  }

  private finish(): number {
    const { task, outer } = this
    this.close()
    if (outer !== null) {
      task.top = this.below
      task.scope = outer
      if (!this.isShield) task.locals = this.locals
    }
    if (this.unwound) {
      const unwind = task.unwind!
      if (unwind.target !== this) {
        task.mask = outer
        this.passErrors(unwind.target)
        task.mode = RETURN
        return GO
      }
      task.unwind = unwind.outer
      task.mask = unwind.mask
    } else if (this.masking) task.mask = this.mask
    if (outer === null) {
      this.endTask()
      return PARK
    }
    if (this.cancellation !== null) task.interrupted = interruptedStill(outer)
    if (task.interrupted && !this.givesKeptValue) {
      const target = reaching(task)
      if (target !== null) {
        this.passErrors(target)
        beginUnwind(task, target)
        return GO
      }
    }
    this.conclude()
    return GO
  }

  /** As the acquisition of a resource: from its return on that is registered, whatever arrives meanwhile. */
  asAcquisition(): this {
    this.keepsValue = true
    return this
  }

  private get givesKeptValue(): boolean {
    return this.keepsValue && !this.unwound && !this.delivered && this.errors().length === 0
  }

  /** What the scope gives to its caller. */
  private conclude(): void {
    const { task, cancellation } = this
    const errors = this.errors()
    task.mode = THROW
    if (this.delivered && cancellation!.kind === 'deadline') {
      if (this.kind !== 'moveOnAfter') {
        const late = cancellation!.reason
        task.value = errors.length === 0 ? late : new ScopeError([late, ...errors])
        return
      }
      this.value = undefined as T
    }
    if (errors.length > 0) task.value = combine(errors)
    else if (this.delivered && cancellation!.kind === 'cancel')
      task.value = cancelledError(cancellation!, task)
    else {
      task.mode = NEXT
      task.value = this.value
    }
  }

  /** The same for a task's own scope: the task has ended. */
  private endTask(): void {
    const errors = this.errors()
    const { task, cancellation } = this
    if (errors.length > 0) task.settle(FAILED, combine(errors))
    else if (this.delivered) task.endCancelled(cancellation!)
    else task.endOk(this.value)
  }

  private close(): void {
    this.stage = CLOSED
    if (machine.hooks !== null && !this.isShield) machine.hooks.scopeClosed(this)
    this.timer?.stop()
    this.graceTimer?.stop()
  }

  private exit(): Exit<unknown> {
    const errors = this.failures?.soFar() ?? []
    if (errors.length > 0) return { status: 'failed', error: combine(errors) }
    if (this.delivered || this.unwound) {
      const cause = this.cancellation ?? this.task.unwind!.target.cancellation!
      return { status: 'cancelled', reason: cancelledError(cause, this.task) }
    }
    return { status: 'ok', value: this.value }
  }

  // --- errors and children -------------------------------------------------------------------------------------

  /** Keeps an error for the end of the scope. */
  record(error: unknown): void {
    this.failures ??= new Failures()
    this.failures.add(error)
  }

  fail(error: unknown, source: TaskImpl | null): void {
    this.record(error)
    cancelScope(this, { kind: 'failure', reason: error, source })
  }

  private failAlone(child: TaskImpl): void {
    this.failures ??= new Failures()
    this.failures.addAlone(child)
  }

  private errors(): unknown[] {
    return this.failures?.all() ?? []
  }

  private passErrors(target: ScopeImpl): void {
    for (const error of this.errors()) target.record(error)
  }

  adopt(child: TaskImpl): void {
    this.children ??= new Children()
    this.children.add(child)
    if (child.isDaemon && this.daemonsCancelled) child.bornCancelled(requested('end', undefined))
  }

  /** A child has ended, and everything in it. */
  childEnded(child: TaskImpl): void {
    const { children } = this
    // Where the scope was forsaken, nothing of it is left.
    if (children === null) return
    children.remove(child)
    const reported = child.reporter?.ended(child)
    if (child.status === FAILED && !reported) {
      if (this.options?.failFast === false) this.failAlone(child)
      else this.fail(child.value, child)
    }
    if (this.stage !== JOINING || this.task.waiting !== this) return
    if (children.count === 0) this.task.resume(NEXT, undefined)
    else if (children.areAllDaemons) this.cancelDaemons()
  }

  private cancelDaemons(): void {
    if (this.daemonsCancelled) return
    this.daemonsCancelled = true
    cancelChildren(this, requested('end', undefined))
  }

  // --- as what its owner waits for, at its end -----------------------------------------------------------------

  /** Children are waited for in any case: the cancellation has reached them too. */
  retract(): boolean {
    return false
  }

  heldBy(): null {
    return null
  }

  describe(): string {
    const counts = new Map<string, number>()
    for (const { name } of this.tasks) counts.set(name, (counts.get(name) ?? 0) + 1)
    return `the end of ${list([...counts].map(([name, count]) => `"${name}"${count > 1 ? ` × ${count}` : ''}`))}`
  }

  // --- as Scope ------------------------------------------------------------------------------------------------

  spawn<U>(body: Body<U>, options?: SpawnOptions): Task<U> {
    return TaskImpl.child(this, body, options)
  }

  start<V>(
    body: BodyWith<[ready: (value: V) => void, signal: AbortSignal], unknown>,
    options?: SpawnOptions,
  ): Co<V> {
    return startChild(this, body, options)
  }

  cancel(reason?: unknown): void {
    cancelScope(this, requested('cancel', reason))
  }

  get deadline(): number {
    return this.timer?.at ?? Infinity
  }

  set deadline(at: number) {
    if (Number.isNaN(at) || typeof at !== 'number') throw usage.badDuration('scope.deadline', at)
    if (this.stage === CLOSED) return
    this.timer ??= new Deadline(this, this.options?.timeout)
    this.timer.move(at)
  }

  defer(fn: (exit: Exit<unknown>) => unknown): void {
    if (typeof fn !== 'function') throw usage.notABody(fn)
    this.deferCall(fn)
  }

  /** Calls the function with these arguments, then the exit. */
  deferCall(fn: (...args: any[]) => any, ...before: unknown[]): void {
    this.checkOpen()
    this.deferred ??= []
    this.deferred.push({ fn, before })
  }

  get tasks(): Iterable<Task<unknown>> {
    return [...(this.children ?? [])]
  }

  checkOpen(): void {
    if (this.stage === CLOSED || this.task === null) throw usage.scopeEnded(this.name)
  }

  // --- grace and deadline --------------------------------------------------------------------------------------

  startGrace(): void {
    const grace = this.options?.grace
    if (grace === undefined || grace === Infinity || this.graceTimer !== null) return
    this.graceTimer = new GraceTimer(this, grace)
  }

  /** Aborted when the scope is cancelled. Made when somebody asks for it. */
  get signal(): AbortSignal {
    if (this.abort === null) {
      this.abort = new AbortController()
      const cancellation = inherited(this)
      if (cancellation !== null) this.abort.abort(cancelledError(cancellation, this.task))
    }
    return this.abort.signal
  }

  expire(timeout: number | undefined): void {
    const reason = new TimeoutError(
      timeout === undefined ? 'the deadline passed' : `timed out after ${timeout} ms`,
    )
    cancelScope(this, { kind: 'deadline', reason, source: null })
  }

  /** Ends without waiting for anything: what was in it is given up for good. */
  forsake(): void {
    this.close()
    this.empty()
  }

  /** What runs in it is given up, and the scope stands at its very end. */
  cutBack(unwinding: boolean): void {
    if (this.cancellation !== null) this.delivered = true
    this.unwound = unwinding
    if (unwinding || this.masking) this.task.mask = this
    this.empty()
    this.stage = JOINING
  }

  private empty(): void {
    this.children = null
    this.deferred = null
  }

  declare then: Co<T>['then']
}

Object.defineProperty(ScopeImpl.prototype, 'done', { value: true })
Object.defineProperty(ScopeImpl.prototype, IS_CO, { value: true })
Object.defineProperty(ScopeImpl.prototype, 'gen', { value: null })

/** The scope of a task itself. */
export function openOwnScope(task: TaskImpl): ScopeImpl {
  const own = new ScopeImpl('task', null)
  own.stage = OPEN
  own.task = task
  machine.hooks?.scopeOpened(own)
  return own
}
