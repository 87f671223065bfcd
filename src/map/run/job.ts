import { type Co, co, once, type Scope, scope, wait } from '../../core/index.js'
import type { Coroutine } from '../../core/internal.js'
import type { Loaded, Spare, Worker, WorkerEvents } from '../../workers/internal.js'
import type { Item, Source } from '../input/source.js'
import type { Settings } from '../options/options.js'
import { Recorder } from '../record/recorder.js'
import { Dispatch } from './dispatch.js'
import { Intake } from './intake.js'
import type { Lane } from './lane.js'
import type { Outlet } from './outlet.js'
import { Planner } from './planner.js'
import type { PlannerParts, Planning } from './planning.js'
import { Stages } from './stages.js'
import { Tally } from './tally.js'
import { type Outlast, Team } from './team.js'
import { Wakeup } from './wakeup.js'

export interface Job {
  readonly source: Source
  /** Where results go; opened when the function is there, so that one that cannot be loaded costs no file. */
  readonly outlet: Outlet | (() => Promise<Outlet>)
  /** Makes a worker; `items` is where the coroutines of a closure run. */
  hire(events: WorkerEvents, concurrency: number, settings: Settings, items: Scope, inThread: boolean): Worker
  /** A process that has been started for a second worker, should there be one. */
  readonly spare?: Spare
  /** Who decides how it goes; by measuring the function unless given. */
  plan?(parts: PlannerParts): Planning
  /** The function is a closure: it runs on this event loop, wherever that leads. */
  readonly isLocal: boolean
  /** The settings, once it is known what the module says of itself. */
  settle(loaded: Loaded | null): Settings
  /** What is said of a module that cannot be used. */
  explain(error: unknown): unknown
  /** What a worker runs when it dies fails with it, at once, and is not run again. */
  readonly failsWithWorker?: boolean
  /**
   * Workers that cannot be started are tried again, later and later, for a while; unless given the third one ends the
   * run. The first module that says what is wrong with it ends it in any case.
   */
  readonly outlast?: Outlast
  /** Whether an item is done already. */
  skip?(item: Item): boolean
  /** Called once, when the run has begun. */
  watch?(live: Live): void
}

/** A run as it can be looked at, and stopped, while it goes on. */
export interface Live {
  readonly tally: Tally
  readonly recorder: Recorder
  readonly planner: Planning
  readonly settings: Settings
  readonly inFlight: number
  /** Items that the workers would have at once, were there enough. */
  readonly wanted: number
  readonly lanes: readonly Lane[]
  readonly skipped: number
  /** Items that were taken from the inputs so far. */
  readonly seen: number
  readonly hitMaxFailures: boolean
  /** The first call lets what runs end, the second cancels it, the third kills it. */
  stop(): void
  readonly stage: number
  /** Whose call this is, by the number that its worker has for it; undefined where it has ended. */
  itemOf(call: number): Item | undefined
  /** Takes these items back: nothing is told of them any more but that. */
  cancel(test: (item: Item) => boolean): void
  /** Ends the run with this error. */
  fail(error: unknown): void
}

/** Runs a job to its end, in the task that calls it; whatever ends it, nothing of it is left. */
export function runJob(job: Job): Co<Live> {
  return scope(
    function* (outer) {
      // Items of a closure fail alone; what they throw comes in as outcomes.
      return yield* scope(items => inside(job, outer, items), { name: 'items', failFast: false })
    },
    { name: 'map' },
  )
}

function* inside(job: Job, outer: Scope, items: Scope): Coroutine<Live> {
  const wakeup = new Wakeup()
  const tally = new Tally()
  const intake = new Intake(job.source, wakeup.notify, item => job.skip?.(item) === true)
  const settings = job.settle(null)
  const recorder = new Recorder(() => ({
    ok: tally.ok,
    failed: tally.failed,
    running: dispatch.inFlight,
    workers: team.lanes.length,
  }))
  const dispatch: Dispatch = new Dispatch({
    scope: outer,
    settings,
    intake,
    tally,
    recorder,
    wakeup,
    failsWithWorker: job.failsWithWorker === true,
  })
  const team: Team = new Team(
    (events, concurrency, inThread) => job.hire(events, concurrency, dispatch.settings, items, inThread),
    outer,
    dispatch,
    job.outlast,
  )
  dispatch.team = team
  outer.defer(() => intake.close())
  outer.defer(() => team.end())
  let loaded: Loaded
  try {
    loaded = yield* team.first()
  } catch (error) {
    throw job.explain(error)
  }
  dispatch.settings = job.settle(loaded)
  team.setTimeout(dispatch.settings.timeout ?? Infinity)
  const { outlet } = job
  dispatch.outlet = typeof outlet === 'function' ? yield* wait(outlet()) : outlet
  const parts: PlannerParts = {
    scope: outer,
    settings: dispatch.settings,
    dispatch,
    team,
    tally,
    source: job.source,
    intake,
    loaded,
    isLocal: job.isLocal,
    spare: job.spare,
  }
  const planner = job.plan?.(parts) ?? new Planner(parts)
  outer.spawn(() => recorder.run(), { name: 'record', daemon: true })
  const stages = new Stages(dispatch, team)
  const live: Live = {
    tally,
    recorder,
    planner,
    settings: dispatch.settings,
    get inFlight() {
      return dispatch.inFlight
    },
    get wanted() {
      return dispatch.wanted
    },
    lanes: team.lanes,
    get seen() {
      return intake.seen
    },
    get skipped() {
      return intake.skipped
    },
    get hitMaxFailures() {
      return dispatch.hitMaxFailures
    },
    stop: () => stages.advance(),
    get stage() {
      return stages.stage
    },
    itemOf: call => team.attempt(call)?.item,
    cancel: test => dispatch.cancel(test),
    fail: error => dispatch.fail(error),
  }
  const { signal } = dispatch.settings
  if (signal !== undefined)
    outer.spawn(() => failWhenAborted(signal, dispatch), { name: 'signal', daemon: true })
  job.watch?.(live)
  try {
    yield* dispatch.run()
  } catch (error) {
    // Also a later worker may be the one that cannot be started.
    throw job.explain(error)
  }
  return live
}

const failWhenAborted = co(function* (signal: AbortSignal, dispatch: Dispatch) {
  if (!signal.aborted) yield* once(signal, 'abort')
  dispatch.fail(signal.reason)
})
