import { CancelledError, type Co, now, type Scope, scope, suspend } from '../../core/index.js'
import { bodyFrame, CoFrame, type Coroutine, type ScopeImpl } from '../../core/internal.js'
import { usage } from '../errors.js'
import { type Household, household } from '../process/household.js'
import { watching } from './health.js'
import type { ChildOptions, ChildStatus } from './options.js'

const DEFAULT_SHUTDOWN = 5000
const STOPPED = 'its supervisor stopped it'

/** How a run of a child ended. */
export interface End {
  /** In a place of its own, since anything can be thrown. */
  readonly failure: { readonly error: unknown } | null
  readonly wasReady: boolean
  /** How long it ran, in milliseconds. */
  readonly uptime: number
}

export interface Listener {
  ready(child: Child, run: number): void
  /** By itself. */
  ended(child: Child, run: number, end: End): void
}

/** A child, through all its runs. */
export class Child {
  readonly options: ChildOptions
  readonly name: string
  readonly shutdown: number
  state: ChildStatus['state'] = 'stopped'
  /** Which run of it this is: what is told of another is old. */
  runs = 0
  restarts = 0
  error: unknown
  /** Health checks that failed, one after the other. */
  unwell = 0
  /** Restarts since it last ran for a while, and how long it waited for the last. */
  attempt = 0
  delay = 0
  /** When it is ready: starts the next of those that are started in order. */
  onReady: (() => void) | null = null
  private readonly listener: Listener
  private since = 0
  private home: Household | null = null
  private scope: Scope | null = null
  private onStopped: ((end: End) => void) | null = null

  constructor(options: ChildOptions, listener: Listener) {
    this.options = options
    this.name = options.name
    this.shutdown = options.shutdown ?? DEFAULT_SHUTDOWN
    this.listener = listener
  }

  start(owner: Scope): void {
    this.state = 'starting'
    this.runs++
    this.unwell = 0
    this.since = now()
    this.home = { shutdown: this.shutdown, pids: new Set() }
    owner.spawn(() => new CoFrame(this.run()), { name: this.name })
  }

  get isRunning(): boolean {
    return this.home !== null
  }

  get uptime(): number {
    return this.isRunning ? now() - this.since : 0
  }

  /** Stops it, and tells how it ended. */
  stop(): Co<End> {
    this.state = 'stopping'
    return suspend(resume => {
      this.onStopped = resume
      this.scope?.cancel(STOPPED)
    })
  }

  /** One run. Its failure is told to the supervisor, and fails nobody by itself. */
  private *run(): Coroutine<void> {
    const run = this.runs
    let wasReady = false
    const ready = () => {
      if (wasReady) throw usage.readyTwice(this.name)
      wasReady = true
      this.listener.ready(this, run)
    }
    let failure: End['failure'] | undefined
    try {
      yield* household.with(this.home, () => this.inScope(ready))
      failure = null
    } catch (error) {
      failure = error instanceof CancelledError && error.reason === STOPPED ? null : { error }
    } finally {
      // Neither is known where it has cancelled its own task, which no `catch` sees.
      failure ??= failure === undefined ? { error: new CancelledError('by itself') } : null
      const { onStopped, uptime } = this
      this.scope = this.home = this.onStopped = null
      if (failure !== null) this.error = failure.error
      const end = { failure, wasReady, uptime }
      if (onStopped !== null) onStopped(end)
      else this.listener.ended(this, run, end)
    }
  }

  private inScope(ready: () => void): Co<unknown> {
    const { options, name } = this
    const { health, run, start } = options
    return scope(
      inner => {
        this.scope = inner
        // It was stopped before its first step.
        if (this.onStopped !== null) inner.cancel(STOPPED)
        const begun = (value?: unknown) => {
          ready()
          if (health !== undefined)
            inner.spawn(() => watching(this, health, value), { name: `health of ${name}`, daemon: true })
        }
        if (start !== undefined) return bodyFrame(start, [begun], inner as ScopeImpl)
        begun()
        return bodyFrame(run, [], inner as ScopeImpl)
      },
      { name, grace: this.shutdown },
    )
  }

  get status(): ChildStatus {
    const { name, state, restarts, error, uptime, unwell } = this
    return { name, state, restarts, error, uptime, pids: [...(this.home?.pids ?? [])], unwell }
  }
}
