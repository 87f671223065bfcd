import { type Scope, sleep, TimeoutError } from '../../core/index.js'
import type { Coroutine } from '../../core/internal.js'
import { type Death, DeathError, type Outcome, type Overload, type Usage } from '../../workers/internal.js'
import type { Item } from '../input/source.js'
import type { Settings } from '../options/options.js'
import type { Recorder } from '../record/recorder.js'
import { Attempt } from './attempt.js'
import { Hosts } from './hosts.js'
import type { Intake } from './intake.js'
import type { Lane } from './lane.js'
import type { Outlet } from './outlet.js'
import { Pace } from './pace.js'
import { Poisoned } from './poisoned.js'
import type { Regulator } from './regulator.js'
import { noneYet } from './regulators.js'
import { retryDelay } from './retry-delay.js'
import type { Tally } from './tally.js'
import type { Team } from './team.js'
import type { Wakeup } from './wakeup.js'

/** Items that wait for their retry; beyond that nothing new is begun, so that a run in which all fails stays small. */
const MOST_RETRIES_WAITING = 10_000

/** Two deaths with nothing else in the worker: the item is what kills. */
const DEADLY = 2

export interface DispatchParts {
  readonly scope: Scope
  settings: Settings
  readonly intake: Intake
  readonly tally: Tally
  readonly recorder: Recorder
  readonly wakeup: Wakeup
  readonly failsWithWorker: boolean
}

/** Hands items to workers as these have room, and sees that each item ends once: with its output, or its error. */
export class Dispatch {
  regulator: Regulator = noneYet
  team!: Team
  private readonly parts: DispatchParts
  private to!: Outlet
  private pace: Pace | null = null
  private hosts: Hosts | null = null
  private nextId = 0
  /** Retries that are due, and items that lost their worker. */
  private readonly again: Attempt[] = []
  private readonly suspects: Attempt[] = []
  private retriesWaiting = 0
  private running = 0
  private isStopping = false
  private fatal: { readonly error: unknown } | null = null
  /** The run was ended by `--max-failures`. */
  hitMaxFailures = false

  constructor(parts: DispatchParts) {
    this.parts = parts
  }

  /** Before anything is begun. */
  set outlet(outlet: Outlet) {
    this.to = outlet
    outlet.onRoom(this.parts.wakeup.notify)
  }

  get settings(): Settings {
    return this.parts.settings
  }

  set settings(settings: Settings) {
    this.parts.settings = settings
    this.pace = settings.rate === undefined ? null : new Pace(settings.rate)
    this.hosts = settings.perHost === undefined ? null : new Hosts(settings.perHost)
  }

  get inFlight(): number {
    return this.running
  }

  /** Items that the workers would have at once, were there enough. */
  get wanted(): number {
    const lanes = this.team.lanes.filter(lane => lane.loaded !== null && !lane.isEnding)
    return lanes.reduce((sum, lane) => sum + this.regulator.room(lane), this.running)
  }

  /** Taken from the inputs, and not begun since too many of their host run. */
  get waitingForHost(): number {
    return this.hosts?.waiting ?? 0
  }

  /** Runs until everything has ended, or what runs has and nothing more is to begin. */
  *run(): Coroutine<void> {
    while (!this.isFinished) {
      // What was taken and not sent, being done already or unreadable, may have been the last.
      if (!this.sendSome() && !this.isFinished) yield* this.parts.wakeup.wait()
    }
  }

  /** Begins nothing more. What runs goes on. */
  stop(): void {
    this.isStopping = true
    this.parts.wakeup.notify()
  }

  /** Takes these items back, wherever they are: nothing is told of them any more but that. */
  cancel(test: (item: Item) => boolean): void {
    for (const list of [this.again, this.suspects]) {
      const kept = list.filter(({ item }) => !test(item))
      const gone = list.filter(({ item }) => test(item))
      list.splice(0, list.length, ...kept)
      for (const attempt of gone) this.takenBack(attempt)
    }
    this.team.cancel(attempt => {
      if (!test(attempt.item)) return false
      attempt.isCancelled = true
      return true
    })
    this.wake()
  }

  fail(error: unknown): void {
    this.fatal ??= { error }
    this.wake()
  }

  wake(): void {
    this.parts.wakeup.notify()
  }

  /** No worker is needed any more. */
  get isOver(): boolean {
    if (this.fatal !== null || this.isStopping) return true
    const waiting = this.running + this.again.length + this.suspects.length + this.retriesWaiting
    return waiting + this.waitingForHost === 0 && this.parts.intake.isDone
  }

  private get isFinished(): boolean {
    if (this.fatal !== null) throw this.fatal.error
    return this.running === 0 && this.isOver
  }

  private sendSome(): boolean {
    if (this.isStopping) return false
    if (this.suspects.length > 0 || this.team.isAlone) {
      // Where all die together, a suspect is alone only where nothing else runs anywhere.
      const { lanes } = this.team
      if (lanes.some(lane => lane.worker.isHosted)) return this.running === 0 && this.sendSuspect(lanes[0]!)
    }
    let sent = false
    for (const lane of this.team.lanes) {
      if (lane.loaded === null || lane.isEnding) continue
      if (this.suspects.length > 0) {
        if (lane.inFlight.size === 0) {
          sent = this.sendSuspect(lane)
        }
        // It gets nothing new until it is empty, and can take a suspect.
        continue
      }
      if (lane.inFlight.size > 0 && lane.isAlone) continue
      const attempts = this.take(this.regulator.room(lane))
      if (attempts.length === 0) continue
      this.send(lane, attempts)
      sent = true
    }
    return sent
  }

  private sendSuspect(lane: Lane): boolean {
    if (lane.loaded === null || lane.isEnding) return false
    this.send(lane, [this.suspects.shift()!])
    return true
  }

  private send(lane: Lane, attempts: Attempt[]): void {
    for (const attempt of attempts) {
      attempt.id = this.nextId++
      lane.inFlight.set(attempt.id, attempt)
    }
    this.running += attempts.length
    const now = performance.now()
    this.pace?.started(attempts.length, now)
    this.regulator.started(attempts, now)
    if (lane.inFlight.size === attempts.length) {
      lane.heardAt = now
      lane.isCareful = true
    }
    const careful = attempts.some(attempt => attempt.careful)
    if (!careful) lane.isCareful = false
    lane.worker.send(attempts, careful)
  }

  private take(room: number): Attempt[] {
    const { intake } = this.parts
    const count = this.pace === null ? room : Math.min(room, this.paced(room))
    const taken: Attempt[] = []
    while (taken.length < count) {
      const attempt = this.again.shift()
      if (attempt !== undefined) {
        this.takeInto(taken, attempt)
        continue
      }
      if (this.to.isFull || this.retriesWaiting >= MOST_RETRIES_WAITING || this.hosts?.isFull) break
      const item = intake.take()
      if (item === undefined) break
      if (item.problem === undefined) this.takeInto(taken, new Attempt(item))
      else this.end(new Attempt(item), item.problem, 1, 0)
      if (this.isStopping) break
    }
    return taken
  }

  private takeInto(taken: Attempt[], attempt: Attempt): void {
    if (this.hosts === null || this.hosts.enter(attempt)) taken.push(attempt)
  }

  private takenBack(attempt: Attempt): void {
    this.leave(attempt)
    this.to.cancelled?.(attempt.item)
  }

  /** It runs no more: another of its host may begin. */
  private leave(attempt: Attempt): void {
    const next = this.hosts?.leave(attempt)
    if (next !== undefined) this.again.push(next)
  }

  private paced(room: number): number {
    if (room === 0) return 0
    const pace = this.pace!
    const now = performance.now()
    const allowed = pace.allowed(now)
    if (allowed === 0) this.wakeAfter(pace.wait(now))
    return allowed
  }

  private isWaking = false

  private wakeAfter(ms: number): void {
    if (this.isWaking) return
    this.isWaking = true
    const dispatch = this
    this.parts.scope.spawn(
      function* () {
        yield* sleep(Math.max(1, ms))
        dispatch.isWaking = false
        dispatch.parts.wakeup.notify()
      },
      { name: 'pace', daemon: true },
    )
  }

  // --- what the workers tell -----------------------------------------------------------------------------------

  outcomes(lane: Lane, list: readonly Outcome[], usage: Usage): void {
    const now = performance.now()
    lane.told(usage)
    lane.heard(now)
    for (const outcome of list) {
      const attempt = lane.inFlight.take(outcome.id)
      if (attempt === undefined) continue
      this.running--
      attempt.suspect = attempt.careful = false
      this.leave(attempt)
      const { ms, ok, overload } = outcome
      const executions = outcome.attempt ?? attempt.attempt
      this.parts.tally.retried += Math.max(0, executions - attempt.attempt)
      attempt.attempt = executions
      this.regulator.finished(
        attempt,
        { ms, ok, overload, usage, value: ok ? outcome.value : undefined },
        now,
        lane,
      )
      if (ok || !outcome.cancelled) this.parts.recorder.ended(attempt.item, ms)
      if (ok) {
        this.parts.tally.succeeded(ms)
        this.to.ok(attempt.item, outcome.value, attempt.attempt, ms, overload)
      } else if (outcome.cancelled) this.to.cancelled?.(attempt.item)
      else if (outcome.isFinal) this.end(attempt, outcome.error, attempt.attempt, ms)
      else this.failedOnce(attempt, outcome.error, overload, ms)
    }
    this.parts.wakeup.notify()
  }

  died(lane: Lane, death: Death): void {
    const concurrency = this.team.concurrencyOf(lane)
    const isReplaced = death.kind === 'replaced'
    const begun = new Set(isReplaced ? [] : death.unfinished.slice(0, concurrency))
    const attempts = death.unfinished.flatMap(id => lane.inFlight.get(id) ?? [])
    const wasAlone = attempts.length === 1 && (death.isTogether !== true || attempts[0]!.suspect)
    this.running -= attempts.length
    lane.inFlight.clear()
    this.regulator.lost(attempts, performance.now())
    const isOurs = isReplaced || ((death.kind === 'ended' || death.kind === 'killed') && !lane.isSilent)
    if (!isOurs && lane.loaded !== null) {
      this.parts.tally.deaths++
      this.parts.recorder.died(lane.worker.pid, death.message)
    }
    // In a row, the last ends may be lost with the worker: the first that is unfinished is it only where each was told.
    const culprit =
      death.held ??
      (!isReplaced && concurrency === 1 && (lane.isCareful || wasAlone) ? death.unfinished[0] : undefined)
    for (const attempt of attempts) {
      const { id } = attempt
      if (attempt.isCancelled) {
        this.takenBack(attempt)
        continue
      }
      // Nothing was beside it: the silence was its own.
      if (id === lane.guilty || (lane.isSilent && wasAlone)) {
        const { timeout = 0 } = this.parts.settings
        this.failedOnce(attempt, held(timeout), undefined, timeout)
        continue
      }
      const hasBegun = begun.has(id) || id === culprit
      if (hasBegun && !isOurs && this.parts.failsWithWorker) {
        this.end(attempt, new DeathError(death), attempt.attempt, 0)
        continue
      }
      if (hasBegun) {
        attempt.attempt++
        this.parts.tally.retried++
      }
      attempt.careful = !isOurs && culprit === undefined
      const isSuspect = !isOurs && (culprit === undefined ? hasBegun && concurrency > 1 : id === culprit)
      if (isSuspect) this.suspect(attempt, wasAlone, death)
      else this.again.push(attempt)
    }
    this.parts.wakeup.notify()
  }

  private suspect(attempt: Attempt, wasAlone: boolean, death: Death): void {
    if (wasAlone) attempt.deaths++
    if (attempt.deaths >= (attempt.item.mostDeaths ?? DEADLY)) {
      this.end(attempt, new Poisoned(death, attempt.deaths), attempt.attempt - 1, 0)
      return
    }
    attempt.suspect = true
    this.suspects.push(attempt)
  }

  private failedOnce(attempt: Attempt, error: unknown, overload: Overload | undefined, ms: number): void {
    attempt.failures++
    this.leave(attempt)
    attempt.suspect = false
    if (attempt.failures > this.parts.settings.retries) {
      this.end(attempt, error, attempt.attempt, ms, overload)
      return
    }
    // It has tries left and gets none: it has not ended, and is run again when the run goes on.
    if (this.isStopping) return
    if (attempt.isCancelled) {
      this.to.cancelled?.(attempt.item)
      return
    }
    attempt.attempt++
    this.parts.tally.retried++
    this.retriesWaiting++
    const dispatch = this
    this.parts.scope.spawn(
      function* () {
        yield* sleep(overload?.retryAfter ?? retryDelay(attempt.failures))
        dispatch.retriesWaiting--
        dispatch.again.push(attempt)
        dispatch.parts.wakeup.notify()
      },
      { name: 'retry', daemon: true },
    )
  }

  private end(attempt: Attempt, error: unknown, attempts: number, ms: number, overload?: Overload): void {
    const { tally, settings } = this.parts
    this.leave(attempt)
    // What fails after the last failure that was allowed counts as cancelled: it has no line.
    if (this.hitMaxFailures) return
    tally.failedWith(attempt.item, error)
    this.to.failed(attempt.item, error, attempts, ms, overload)
    if (settings.maxFailures === undefined || tally.failed < settings.maxFailures) return
    this.hitMaxFailures = true
    this.stop()
    this.team.cancelAll()
  }
}

/** Its time was over and it would not give the event loop back. */
function held(ms: number): TimeoutError {
  const time = ms < 1000 ? `${ms} ms` : `${ms / 1000} s`
  const error = new TimeoutError(`timed out after ${time}: it held the event loop, so its worker was killed`)
  // It has no place in anybody's code.
  error.stack = `${error.name}: ${error.message}`
  return error
}
