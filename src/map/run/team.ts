import { all, type Co, co, moveOnAfter, type Scope, sleep, wait } from '../../core/index.js'
import type { Coroutine } from '../../core/internal.js'
import type { Death, Loaded, Worker, WorkerEvents } from '../../workers/internal.js'
import { LoadError } from '../../workers/internal.js'
import type { Attempt } from './attempt.js'
import type { Dispatch } from './dispatch.js'
import { Lane } from './lane.js'

/** How long a worker may be silent after one of its items was cancelled or ran out of time. */
const SILENCE_MS = 1000
/** How long what is cancelled, and `teardown`, may take at the end. */
const END_MS = 10_000
/** A worker tells of a hold when it has lasted so long. */
const HOLD_MS = 250
const LOOK_EVERY_MS = 100
/** How often it is looked whether a worker that is not needed any more has nothing left. */
const RETIRE_EVERY_MS = 20
/** Workers that cannot be started any more, one after the other, end the run. */
const MOST_FAILED_STARTS = 3
/** Of a run that outlasts them, with pauses that grow: half a minute of it. */
const MOST_OUTLASTED = 12
/** What has never been loaded may not be fit to be. */
const MOST_FIRST = 5
const PAUSE_MS = 50
const MOST_PAUSE_MS = 5000

/** Makes one worker; `concurrency` is how many calls it may run at once. */
export type Hire = (events: WorkerEvents, concurrency: number, inThread: boolean) => Worker

/** Told of each worker that could not be started, and in how many milliseconds the next one is. */
export type Outlast = (error: Error, ms: number) => void

/** The workers of a run: started, watched, replaced when they die, and ended with it. */
export class Team {
  readonly lanes: Lane[] = []
  private readonly hire: Hire
  private readonly scope: Scope
  private readonly dispatch: Dispatch
  private readonly outlast: Outlast | undefined
  private size = 1
  private concurrency = 1
  private inThreads = false
  private failedStarts = 0
  private hasStarted = false
  private isPausing = false
  private isEnding = false

  constructor(hire: Hire, scope: Scope, dispatch: Dispatch, outlast?: Outlast) {
    this.hire = hire
    this.scope = scope
    this.dispatch = dispatch
    this.outlast = outlast
    scope.spawn(() => this.watch(), { name: 'watch', daemon: true })
  }

  /** From now on so many workers, with so many calls at once in each; those that are there stay what they are. */
  resize(size: number, concurrency: number, inThreads = false): void {
    this.size = size
    this.inThreads = inThreads
    this.setConcurrency(concurrency)
    for (const lane of this.staying.slice(size)) this.retire(lane)
    this.fill()
  }

  /** So many calls at once in each worker. */
  setConcurrency(concurrency: number): void {
    if (concurrency === this.concurrency) return
    this.concurrency = concurrency
    for (const lane of this.lanes) lane.worker.setConcurrency(concurrency)
  }

  /** For the workers that are there; those that come know it from the settings. */
  setTimeout(ms: number): void {
    for (const lane of this.lanes) lane.worker.setTimeout(ms)
  }

  /** A suspect runs somewhere. */
  get isAlone(): boolean {
    return this.lanes.some(lane => lane.isAlone)
  }

  /** Workers that are processes, and stay. */
  get processes(): number {
    return this.staying.filter(({ worker }) => worker.isHosted !== true && worker.pid !== process.pid).length
  }

  concurrencyOf(lane: Lane): number {
    return lane.isAlone ? 1 : this.concurrency
  }

  /** The first worker, when it is ready. Throws where it cannot be used. */
  *first(): Coroutine<Loaded> {
    this.fill()
    for (;;) {
      const lane = this.lanes[0]!
      try {
        return yield* wait(lane.worker.ready)
      } catch (error) {
        if (this.outlast === undefined || this.isTooMuch(error)) throw error
        while (this.lanes.length === 0) yield* sleep(RETIRE_EVERY_MS)
      }
    }
  }

  /** By its number, which no other one of the run has. */
  attempt(id: number): Attempt | undefined {
    for (const { inFlight } of this.lanes) if (inFlight.has(id)) return inFlight.get(id)
    return undefined
  }

  drainAll(): void {
    for (const { worker } of this.lanes) worker.drain?.()
  }

  /** Takes all calls back; a worker that does not answer, or whose cleanup goes on for too long, is killed. */
  cancelAll(): void {
    this.cancel(() => true)
  }

  /** As `cancelAll`, of some. */
  cancel(test: (attempt: Attempt) => boolean): void {
    for (const lane of this.lanes) {
      const ids = [...lane.inFlight.values()].filter(test).map(({ id }) => id)
      if (ids.length === 0) continue
      lane.worker.cancel(ids)
      this.killUnlessHeard(lane, ids)
    }
  }

  killAll(): void {
    for (const lane of this.lanes) lane.worker.kill()
  }

  /** Lets every `teardown` run, and waits until the processes are gone; one that takes too long is killed. */
  end(): Co<unknown> {
    this.isEnding = true
    return all(this.lanes.map(lane => ending(lane)))
  }

  private fill(): void {
    while (!this.isEnding && !this.isPausing && this.staying.length < this.size) this.start()
  }

  private get staying(): Lane[] {
    return this.lanes.filter(lane => !lane.isEnding)
  }

  /** It gets nothing more, and ends when it has nothing left. */
  private retire(lane: Lane): void {
    lane.isEnding = true
    this.scope.spawn(
      function* () {
        while (lane.inFlight.size > 0) yield* sleep(RETIRE_EVERY_MS)
        yield* ending(lane)
      },
      { name: 'retire', daemon: true },
    )
  }

  private start(): void {
    const lane = new Lane()
    const events: WorkerEvents = {
      outcomes: (list, usage) => this.guard(() => this.dispatch.outcomes(lane, list, usage)),
      holds: id => {
        lane.held = { id, since: performance.now() - HOLD_MS }
      },
      heard: () => lane.heard(performance.now()),
      exit: death => this.guard(() => this.exited(lane, death)),
    }
    lane.worker = this.hire(events, this.concurrency, this.inThreads)
    this.lanes.push(lane)
    lane.worker.ready.then(
      loaded => {
        lane.loaded = loaded
        lane.heardAt = performance.now()
        this.failedStarts = 0
        this.hasStarted = true
        this.dispatch.wake()
      },
      // The first one's failure is told by `first`.
      error => {
        this.failedStarts++
        if (this.isTooMuch(error)) this.dispatch.fail(error)
        else if (!lane.isEnding) this.fillLater(error)
      },
    )
  }

  /** A module that has been loaded once can be: whatever is wrong now may pass. */
  private isTooMuch(error: unknown): boolean {
    if (this.outlast !== undefined && this.hasStarted) return this.failedStarts >= MOST_OUTLASTED
    const most = this.outlast === undefined ? MOST_FAILED_STARTS : MOST_FIRST
    return error instanceof LoadError || this.failedStarts >= most
  }

  private fillLater(error: Error): void {
    if (this.isEnding || this.isPausing || this.dispatch.isOver) return
    if (this.outlast === undefined) {
      this.fill()
      return
    }
    this.isPausing = true
    const ms = Math.min(MOST_PAUSE_MS, PAUSE_MS * 2 ** (this.failedStarts - 1))
    this.outlast(error, ms)
    const team = this
    this.scope.spawn(
      function* () {
        yield* sleep(ms)
        team.isPausing = false
        if (!team.dispatch.isOver) team.fill()
      },
      { name: 'start again', daemon: true },
    )
  }

  private exited(lane: Lane, death: Death): void {
    this.lanes.splice(this.lanes.indexOf(lane), 1)
    // What could not be started has had nothing, and is told by `ready`.
    if (lane.loaded === null) return
    this.dispatch.died(lane, death)
    if (!this.dispatch.isOver) this.fill()
  }

  /** What goes wrong in a worker's event is the run's error, not an uncaught exception. */
  private guard(fn: () => void): void {
    try {
      fn()
    } catch (error) {
      this.dispatch.fail(error)
    }
  }

  /** Kills workers whose event loop is held by a call whose time is over: nothing else can end it. */
  private *watch(): Coroutine<void> {
    for (;;) {
      yield* sleep(LOOK_EVERY_MS)
      const { timeout = Infinity } = this.dispatch.settings
      const now = performance.now()
      for (const lane of this.lanes) this.look(lane, now, timeout + SILENCE_MS)
    }
  }

  private look(lane: Lane, now: number, patience: number): void {
    if (lane.loaded === null || lane.inFlight.size === 0) return
    if (lane.held !== null && now - lane.held.since >= patience) {
      lane.guilty = lane.held.id
      lane.worker.kill()
    } else if (lane.isPinged && now - lane.heardAt >= patience + SILENCE_MS) {
      // Several items overlap, and one of them holds the loop: which, is found by running them alone.
      lane.isSilent = true
      lane.worker.kill()
    } else if (!lane.isPinged && now - lane.heardAt >= patience) {
      lane.isPinged = true
      lane.worker.ping().then(answered => {
        if (answered !== null) lane.heard(performance.now())
      })
    }
  }

  private killUnlessHeard(lane: Lane, ids: readonly number[]): void {
    this.scope.spawn(
      function* () {
        let heard = false
        lane.worker.ping().then(answered => {
          heard = answered !== null
        })
        yield* sleep(SILENCE_MS)
        if (heard) yield* sleep(END_MS)
        if (!heard || ids.some(id => lane.inFlight.has(id))) lane.worker.kill()
      },
      { name: 'silence', daemon: true },
    )
  }
}

const ending = co(function* (lane: Lane) {
  lane.isEnding = true
  const gone = lane.worker.end()
  const heard = yield* moveOnAfter(SILENCE_MS, wait(lane.worker.ping()))
  const hasEnded = heard !== undefined && (yield* moveOnAfter(END_MS, wait(gone.then(() => true))))
  if (hasEnded) return
  lane.worker.kill()
  yield* wait(gone)
})
