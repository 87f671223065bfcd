import { abortSignal, type Co, type Scope, scope, shield, sleep, suspend } from '../../core/index.js'
import { CoFrame, type Coroutine, combine } from '../../core/internal.js'
import { usage } from '../errors.js'
import { Child, type End } from './child.js'
import { Mailbox } from './mailbox.js'
import type { ChildOptions, ChildStatus, Policy, Supervisor, SupervisorEvent } from './options.js'
import { Pace } from './pace.js'

type Message =
  | { readonly t: 'ready'; readonly child: Child; readonly run: number }
  | { readonly t: 'ended'; readonly child: Child; readonly run: number; readonly end: End }
  | { readonly t: 'due'; readonly plan: Plan }
  | { readonly t: 'restart'; readonly child: Child }
  | { readonly t: 'stop' }

/** Children that are to be started again, in order; then what comes after them. */
interface Plan {
  readonly children: readonly Child[]
  readonly then: (() => void) | null
}

export class SupervisorImpl implements Supervisor {
  private readonly children: readonly Child[]
  private readonly policy: Policy
  private onEvent: ((event: SupervisorEvent) => void) | undefined
  private readonly mailbox = new Mailbox<Message>()
  private readonly plans = new Map<Child, Plan>()
  /** Children that have never been ready. */
  private readonly fresh: Set<Child>
  private readonly pace: Pace
  private hasEnded = false
  private readonly waiting = new Set<() => void>()

  constructor(
    children: readonly ChildOptions[],
    policy: Policy,
    onEvent: ((event: SupervisorEvent) => void) | undefined,
  ) {
    this.policy = policy
    this.pace = new Pace(policy)
    this.onEvent = onEvent
    const { mailbox } = this
    const listener = {
      ready: (child: Child, run: number) => mailbox.push({ t: 'ready', child, run }),
      ended: (child: Child, run: number, end: End) => mailbox.push({ t: 'ended', child, run, end }),
    }
    this.children = children.map(options => new Child(options, listener))
    this.fresh = new Set(this.children)
  }

  status(): readonly ChildStatus[] {
    return this.children.map(child => child.status)
  }

  restart(name: string): void {
    const child = this.children.find(each => each.name === name)
    const names = this.children.map(each => each.name)
    if (child === undefined) throw usage.noSuchChild(name, names)
    this.mailbox.push({ t: 'restart', child })
  }

  stop(): Co<void> {
    this.mailbox.push({ t: 'stop' })
    return this.ended()
  }

  ended(): Co<void> {
    return suspend(resume => {
      if (this.hasEnded) resume()
      this.waiting.add(resume)
      return () => this.waiting.delete(resume)
    })
  }

  /** `started` is called when all children have been ready. */
  *run(started: () => void): Coroutine<void> {
    // A cancellation would reach all children at once; behind the shield they are stopped one after the other.
    const signal = abortSignal()
    const stop = () => this.mailbox.push({ t: 'stop' })
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
    try {
      yield* shield(() =>
        scope(owner => new CoFrame(this.supervise(owner, started)), { name: 'supervised children' }),
      )
    } finally {
      signal.removeEventListener('abort', stop)
      this.hasEnded = true
      for (const resume of this.waiting) resume()
    }
  }

  private *supervise(owner: Scope, started: () => void): Coroutine<void> {
    const errors: unknown[] = []
    try {
      yield* new CoFrame(this.loop(owner, started))
    } catch (error) {
      errors.push(error)
    }
    for (const child of this.children.toReversed()) {
      try {
        const end = yield* new CoFrame(this.stopOne(child))
        if (end?.failure) errors.push(end.failure.error)
        if (end !== null) this.tellStopped(child, end)
      } catch (error) {
        errors.push(error)
      }
    }
    if (errors.length > 0) throw combine(errors)
  }

  private *loop(owner: Scope, started: () => void): Coroutine<void> {
    this.begin(owner, this.children, null)
    for (let isStarting = true; ; ) {
      const message = yield* this.mailbox.next()
      if (message.t === 'stop') return
      if (message.t === 'due') {
        const { children, then } = message.plan
        const planned = children.filter(child => this.plans.get(child) === message.plan)
        if (planned.length > 0) this.begin(owner, planned, then)
        continue
      }
      const { child } = message
      if (message.t === 'restart') {
        const then = child.onReady
        yield* new CoFrame(this.stopAll([child]))
        child.restarts++
        this.begin(owner, [child], then)
        continue
      }
      if (message.run !== child.runs) continue
      if (message.t === 'ready') {
        child.state = 'running'
        this.fresh.delete(child)
        this.tell({ child: child.name, type: 'started' })
        next(child)
      } else yield* new CoFrame(this.settle(owner, child, message.end))
      if (isStarting && this.fresh.size === 0) {
        isStarting = false
        started()
      }
      if (this.children.every(isOver)) return
    }
  }

  /** Starts them one after the other, each when the one before it is ready; then goes on with `then`. */
  private begin(owner: Scope, [first, ...rest]: readonly Child[], then: (() => void) | null): void {
    if (first === undefined) return
    this.plans.delete(first)
    first.onReady = rest.length === 0 ? then : () => this.begin(owner, rest, then)
    first.start(owner)
  }

  private *settle(owner: Scope, child: Child, told: End): Coroutine<void> {
    const end = told.wasReady
      ? told
      : { ...told, failure: told.failure ?? { error: usage.notReady(child.name) } }
    const { failure } = end
    child.state = failure === null ? 'ended' : 'failed'
    this.tell({ child: child.name, type: 'ended', ...failure })
    // One that cannot even begin: whoever starts the supervisor is to know.
    if (this.fresh.has(child)) throw failure!.error
    const { restart = 'permanent' } = child.options
    if (restart === 'temporary' || (restart === 'transient' && failure === null)) {
      next(child)
      return
    }
    this.pace.count(child, end)
    const affected = this.affectedBy(child)
    const then = affected.length === 1 ? child.onReady : null
    yield* new CoFrame(this.stopAll(affected.filter(each => each !== child)))
    const delay = this.pace.delay(child, end)
    const plan = { children: affected.filter(each => each === child || isRestarted(each)), then }
    for (const each of plan.children) {
      each.state = 'waiting'
      each.restarts++
      this.plans.set(each, plan)
      this.tell({ child: each.name, type: 'restarting', delay })
    }
    owner.spawn(() => new CoFrame(this.wait(delay, plan)), { name: `restart of ${child.name}`, daemon: true })
  }

  private *wait(delay: number, plan: Plan): Coroutine<void> {
    yield* sleep(delay)
    this.mailbox.push({ t: 'due', plan })
  }

  private affectedBy(child: Child): readonly Child[] {
    const { strategy } = this.policy
    if (strategy === 'oneForAll') return this.children
    return strategy === 'oneForOne' ? [child] : this.children.slice(this.children.indexOf(child))
  }

  private *stopAll(children: readonly Child[]): Coroutine<void> {
    for (const child of children.toReversed()) {
      const end = yield* new CoFrame(this.stopOne(child))
      if (end !== null) this.tellStopped(child, end)
    }
  }

  /** Null where it did not run. */
  private *stopOne(child: Child): Coroutine<End | null> {
    this.plans.delete(child)
    child.onReady = null
    if (child.isRunning) {
      const end = yield* child.stop()
      child.state = 'stopped'
      return end
    }
    // What it has told before is old.
    child.runs++
    if (!isOver(child)) child.state = 'stopped'
    return null
  }

  private tellStopped(child: Child, { failure }: End): void {
    this.tell({ child: child.name, type: 'stopped', ...failure })
  }

  private tell(event: SupervisorEvent): void {
    try {
      this.onEvent?.(event)
    } catch (error) {
      this.onEvent = undefined
      throw error
    }
  }
}

/** Nothing that is under way would start it again. */
function isOver({ state }: Child): boolean {
  return state === 'ended' || state === 'failed' || state === 'stopped'
}

function isRestarted({ options }: Child): boolean {
  return options.restart !== 'temporary'
}

function next(child: Child): void {
  const { onReady } = child
  child.onReady = null
  onReady?.()
}
