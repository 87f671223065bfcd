import type { Co, RetryOptions } from '../../core/index.js'
import { type BodyWith, checkCount, checkDuration, type Pacing, pacing } from '../../core/internal.js'
import { usage } from '../errors.js'

/** How a supervisor finds out that a child runs but does not work. */
export interface HealthOptions {
  /**
   * Called again and again while the child runs, with the value that it was ready with. It fails by throwing, by giving
   * `false`, and by taking longer than `timeout`.
   */
  readonly check: BodyWith<[value: any, signal: AbortSignal], unknown>
  /** Milliseconds between two checks; 5,000 by default. */
  readonly interval?: number
  /** Milliseconds that a check may take; 2,000 by default. */
  readonly timeout?: number
  /** How many checks fail one after the other until the child is stopped and counts as failed; 3 by default. */
  readonly failures?: number
}

interface CommonOptions {
  /** By which errors and `status()` speak of it. */
  readonly name: string
  /** When it is run again: always (`permanent`, the default), when it has failed (`transient`), never (`temporary`). */
  readonly restart?: 'permanent' | 'transient' | 'temporary'
  /** Milliseconds that stopping it may take; then it is abandoned, its subprocesses killed. 5,000 by default. */
  readonly shutdown?: number
  readonly health?: HealthOptions
}

/** What a supervisor runs: `run` is taken to be ready at once, `start` when it calls `ready(value)`. */
export type ChildOptions = CommonOptions &
  (
    | { readonly run: (signal: AbortSignal) => unknown; readonly start?: never }
    | { readonly start: (ready: (value?: any) => void, signal: AbortSignal) => unknown; readonly run?: never }
  )

/** `delay`, `factor`, `maxDelay` and `jitter` are those of `retry`, for the time before each restart. */
export interface SuperviseOptions extends Pick<RetryOptions, keyof Pacing> {
  /** What the supervisor is called in errors and dumps. */
  readonly name?: string
  /**
   * What is run again when a child has ended: that child (`oneForOne`, the default), all (`oneForAll`), or it and those
   * after it (`restForOne`).
   */
  readonly strategy?: 'oneForOne' | 'oneForAll' | 'restForOne'
  /** How many restarts there may be within `period`; one more, and the supervisor fails. 3 by default. */
  readonly intensity?: number
  /** In milliseconds; 5,000 by default. */
  readonly period?: number
  /** Hears of all that happens. What it throws fails the supervisor. */
  readonly onEvent?: (event: SupervisorEvent) => void
}

/** Something that has happened to a child. */
export interface SupervisorEvent {
  /** Its name. */
  readonly child: string
  /** `started` when it is ready, `ended` by itself, `restarting` when that is decided, `stopped` by the supervisor. */
  readonly type: 'started' | 'ended' | 'restarting' | 'stopped'
  /** What it failed with, where it has. */
  readonly error?: unknown
  /** Milliseconds until it is started, where it is restarting. */
  readonly delay?: number
}

export interface Policy extends Required<Pick<SuperviseOptions, 'strategy' | 'intensity' | 'period'>> {
  readonly pacing: Pacing
}

const STRATEGIES = ['oneForOne', 'oneForAll', 'restForOne']
const RESTARTS = ['permanent', 'transient', 'temporary']

export function policyOf(options: SuperviseOptions): Policy {
  const { strategy = 'oneForOne', intensity = 3, period = 5000, onEvent } = options
  if (!STRATEGIES.includes(strategy))
    throw usage.badOption('supervise: strategy', strategy, `'oneForOne', 'oneForAll' or 'restForOne'`)
  if (intensity !== 0) checkCount('supervise: intensity', intensity)
  checkDuration('supervise: period', period)
  if (onEvent !== undefined && typeof onEvent !== 'function')
    throw usage.badOption('supervise: onEvent', onEvent, 'a function')
  return { strategy, intensity, period, pacing: pacing('supervise', options) }
}

export function checkChildren(children: readonly ChildOptions[]): void {
  if (!Array.isArray(children) || children.length === 0) throw usage.noChildren()
  const names = new Set<string>()
  for (const child of children) {
    checkChild(child)
    if (names.has(child.name)) throw usage.childNamedTwice(child.name)
    names.add(child.name)
  }
}

function checkChild(child: ChildOptions): void {
  if (typeof child?.name !== 'string' || child.name === '')
    throw usage.badChild(child, "give it a name: { name: 'worker', run: … }")
  const { name, run, start, restart = 'permanent', shutdown = 0, health } = child
  if ((run === undefined) === (start === undefined))
    throw usage.badChild(name, 'give it `run` or `start`, one of the two')
  if (typeof (run ?? start) !== 'function') throw usage.oneUse(name)
  if (!RESTARTS.includes(restart))
    throw usage.badOption(
      `supervise: restart of "${name}"`,
      restart,
      `'permanent', 'transient' or 'temporary'`,
    )
  checkDuration(`supervise: shutdown of "${name}"`, shutdown)
  if (health === undefined) return
  const { check, interval = 0, timeout = 0, failures = 1 } = health
  if (typeof check !== 'function')
    throw usage.badOption(`supervise: health.check of "${name}"`, check, 'a function')
  checkDuration(`supervise: health.interval of "${name}"`, interval)
  checkDuration(`supervise: health.timeout of "${name}"`, timeout)
  checkCount(`supervise: health.failures of "${name}"`, failures)
}

/** What a supervisor tells of a child. */
export interface ChildStatus {
  /** As it was given. */
  readonly name: string
  /** `waiting`: to be started again. `ended` and `failed`: by itself, and for good. */
  readonly state: 'starting' | 'running' | 'stopping' | 'stopped' | 'waiting' | 'ended' | 'failed'
  /** How often it was started again. */
  readonly restarts: number
  /** What it failed with last. */
  readonly error: unknown
  /** Milliseconds since it was started, where it runs. */
  readonly uptime: number
  /** Its subprocesses. */
  readonly pids: readonly number[]
  /** How many health checks have failed, one after the other. */
  readonly unwell: number
}

/** A supervisor that runs, as a child of the scope in which it was started. */
export interface Supervisor {
  /** Its children, in the order in which they were given. */
  status(): readonly ChildStatus[]
  /** Stops a child and starts it again, which counts as no restart. It happens in its turn. */
  restart(name: string): void
  /** Stops all children, in reverse order, and waits for that. */
  stop(): Co<void>
  /** Waits until it has ended: by `stop()`, because no child is left to be run again, or because it has failed. */
  ended(): Co<void>
}
