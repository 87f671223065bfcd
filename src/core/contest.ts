import { list, ScopeError, usage } from './errors.js'
import { stepInside } from './loop.js'
import { MAX_DEPTH, machine, NEXT, THROW } from './machine.js'
import { holdersOf, Operation, type Waiter } from './operation.js'
import { enqueue } from './scheduler.js'
import { ScopeImpl } from './scope.js'
import { FAILED, OK, type Reporter, TaskImpl } from './task.js'
import type { Body, Co, Coroutine, Scope } from './types.js'

/** How one contestant came in. */
interface Place {
  readonly index: number
  readonly mode: number
  readonly value: unknown
}

/** Decides about a contest when somebody comes in: true ends it. */
type Rule = (place: Place) => boolean

/**
 * Several bodies of which one wins. Operations are waited for directly, so that of those exactly one happens: in the
 * moment in which one is granted, the others are withdrawn. Everything else runs as a task.
 */
class Contest extends Operation<Place> implements Waiter, Reporter {
  private readonly scope: ScopeImpl
  private readonly bodies: readonly Body<unknown>[]
  private readonly rule: Rule
  /** Failures of losers that failed by themselves are thrown, too. */
  private readonly isStrict: boolean
  readonly operations: (Operation<unknown> | TaskImpl)[] = []
  private decided: Place | null = null
  private givenUp = false
  /** Operations that could not be withdrawn, and are waited for. */
  private stragglers = 0

  constructor(scope: ScopeImpl, bodies: readonly Body<unknown>[], rule: Rule, isStrict: boolean) {
    super()
    this.scope = scope
    this.bodies = bodies
    this.rule = rule
    this.isStrict = isStrict
  }

  get task(): TaskImpl {
    return this.scope.task
  }

  begin(): boolean {
    for (const [index, body] of this.bodies.entries()) {
      if (this.decided === null) this.startOne(index)
      else if (body instanceof Operation) body.forgo()
    }
    if (this.decided === null || this.stragglers > 0) return false
    this.value = this.decided
    return true
  }

  private startOne(index: number): void {
    const body = this.bodies[index]!
    if (body instanceof Operation) {
      this.operations[index] = body
      try {
        if (body.enter(this)) this.came({ index, mode: NEXT, value: body.value })
      } catch (error) {
        this.came({ index, mode: THROW, value: error })
      }
      return
    }
    const task = TaskImpl.unqueued(this.scope, body, undefined, [], this)
    this.operations[index] = task
    // In place, unless the native stack is deep already.
    if (machine.depth >= MAX_DEPTH) enqueue(task)
    else {
      stepInside(task, machine.depth + STEP_DEPTH)
    }
  }

  /** An operation has been granted or has failed. */
  wake(operation: Operation, mode: number, value: unknown): void {
    if (this.decided === null && !this.givenUp) {
      this.came({ index: this.operations.indexOf(operation), mode, value })
      if (this.decided !== null) this.conclude()
      return
    }
    if (mode === THROW) this.scope.record(value)
    else if (this.decided === null && mode === NEXT) {
      // It could not be taken back: its value counts, and the cancellation comes after it.
      const place = { index: this.operations.indexOf(operation), mode, value }
      if (this.rule(place)) this.decided = place
    }
    this.stragglers--
    this.conclude()
  }

  /** A task has ended. */
  ended(task: TaskImpl): boolean {
    const { status } = task
    if (this.decided !== null || this.givenUp) {
      if (status === FAILED && (this.isStrict || task.own?.unwound)) this.scope.record(task.value)
      return true
    }
    const mode = status === OK ? NEXT : THROW
    this.came({ index: this.operations.indexOf(task), mode, value: status === OK ? task.value : task.error })
    if (this.decided !== null) this.conclude()
    return true
  }

  private came(place: Place): void {
    if (!this.rule(place)) return
    this.decided = place
    // First: it is the cause of whatever the losers throw.
    if (place.mode === THROW) this.scope.record(place.value)
    this.withdrawOthers(place.index)
  }

  private withdrawOthers(winner: number): void {
    this.operations.forEach((each, index) => {
      if (index === winner) return
      if (each instanceof TaskImpl) each.cancel('another won')
      else if (each.pending && !this.retractOne(each)) this.stragglers++
    })
  }

  private retractOne(operation: Operation): boolean {
    try {
      return operation.retract()
    } catch (error) {
      this.scope.record(error)
      return true
    }
  }

  /** Where everybody has come in or was withdrawn, the waiting body goes on. */
  private conclude(): void {
    if (this.stragglers > 0 || !this.pending) return
    if (this.decided === null) this.giveUp()
    else if (this.task.waiting === this) this.grant(this.decided!)
  }

  withdraw(): boolean {
    if (this.givenUp) return false
    this.givenUp = true
    this.withdrawOthers(-1)
    return this.stragglers === 0
  }

  get children(): ScopeImpl['children'] {
    return this.scope.children
  }

  override heldBy(): readonly TaskImpl[] | null {
    return holdersOf(this.operations)
  }

  describe(): string {
    const words = this.operations.map(each =>
      each instanceof Operation ? each.describe() : `"${each.name}"`,
    )
    return `the first of ${list(words)}`
  }
}

/** Native frames that stepping a task in place costs, in calls. */
const STEP_DEPTH = 4

function contest<T>(
  what: string,
  bodies: Iterable<Body<T>>,
  isStrict: boolean,
  rule: (count: number) => Rule,
): Co<T> {
  if (typeof (bodies as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] !== 'function')
    throw usage.instead(what, bodies, 'an iterable of bodies')
  const list = [...bodies]
  machine.checks?.handed(list)
  if (list.length === 0) throw usage.noContestants(what)
  return new ScopeImpl<T>(
    'contest',
    function* (scope: Scope): Coroutine<T> {
      const place = yield* new Contest(scope as ScopeImpl, list, rule(list.length), isStrict)
      return place.value as T
    },
    { name: what },
  )
}

/**
 * The first to settle, with its value or its error. The others are cancelled, and have cleaned up before it
 * returns. Contestants are started one after the other; one that completes at once wins before the next is started.
 *
 * @example
 * const slow = co(function* () {
 *   yield* sleep(1000)
 *   return 'slow'
 * })
 * yield* race([slow(), () => 'at once']) // 'at once'
 * @throws UsageError where there is no contestant.
 * @see `Promise.race`
 */
export function race<B extends readonly Body<any>[]>(bodies: readonly [...B]): Co<Won<B[number]>>
export function race<T>(bodies: Iterable<Body<T>>): Co<T>
export function race<T>(bodies: Iterable<Body<T>>): Co<T> {
  return contest('race', bodies, true, () => () => true)
}

/**
 * The first to succeed. The others are cancelled, and have cleaned up before it returns.
 *
 * @example
 * const fails = () => Promise.reject(new Error('no answer'))
 * yield* any([fails, () => 'an answer']) // 'an answer'
 * @throws ScopeError with every error, where none succeeds; UsageError where there is no contestant.
 * @see `Promise.any`
 */
export function any<B extends readonly Body<any>[]>(bodies: readonly [...B]): Co<Won<B[number]>>
export function any<T>(bodies: Iterable<Body<T>>): Co<T>
export function any<T>(bodies: Iterable<Body<T>>): Co<T> {
  return contest('any', bodies, false, count => {
    const errors: unknown[] = []
    return place => {
      if (place.mode === NEXT) return true
      errors[place.index] = place.value
      if (Object.keys(errors).length < count) return false
      Object.assign(place, { value: new ScopeError(errors, `none of ${count} succeeded`) })
      return true
    }
  })
}

/** What a body gives. */
export type Won<B> = B extends Body<infer T> ? T : never
