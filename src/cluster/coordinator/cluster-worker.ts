import { setTimeout as pause } from 'node:timers/promises'
import type { Snapshot } from '../../debug/index.js'
import { BadUsage } from '../../workers/bad-usage.js'
import type { ErrorRecord } from '../../workers/errors/record.js'
import {
  type Call,
  ENDED,
  type Loaded,
  type Outcome,
  type Usage,
  type Worker,
  type WorkerEvents,
} from '../../workers/internal.js'
import { type Encoding, unpackOutputs } from '../engine/codec.js'
import type { Question, Report } from '../engine/messages.js'
import type { Coordinator } from './coordinator.js'
import { outcomesOf } from './ended.js'
import { FarTasks } from './far-tasks.js'
import { Published } from './published.js'
import { Remarks } from './remarks.js'
import { Suspects } from './suspects.js'
import { Unwanted } from './unwanted.js'

/** How long taking back what is published may take at the end, before it is left to the machines. */
const TAKE_BACK_MS = 1000
/** Whether the machines that are waited for are still there. */
const LOOK_EVERY_MS = 250

const NO_USAGE: Usage = { at: 0, active: 0, idle: 0, cpu: 0, queued: 0, loopQueued: 0, rss: 0, begun: 0 }

/** All machines together, as one worker. */
export class ClusterWorker implements Worker {
  readonly pid = process.pid
  readonly ready: Promise<Loaded>
  private readonly coordinator: Coordinator
  private readonly encode: Encoding
  private readonly events: WorkerEvents
  private readonly published: Published
  private readonly unwanted: Unwanted
  private readonly suspects: Suspects
  private readonly remarks: Remarks
  private readonly far = new FarTasks()
  /** Machines that have told something and have not left. */
  private readonly atWork = new Set<string>()
  private noteLeft = (): void => {}
  private isGone = false
  /** Machines that were asked to load the module. */
  private called: readonly string[] = []
  /** Machines that cannot use it. */
  private readonly unfit = new Set<string>()
  private isLoaded = false
  /** When machines were last told that items ask too much. */
  private overloadAt = -Infinity
  private loaded!: (loaded: Loaded) => void
  private failed!: (error: unknown) => void

  constructor(coordinator: Coordinator, encode: Encoding, events: WorkerEvents) {
    this.coordinator = coordinator
    this.encode = encode
    this.events = events
    this.published = new Published(coordinator, encode, outcomes => events.outcomes(outcomes, NO_USAGE))
    const tell = (outcomes: Outcome[]) => void this.tell(outcomes)
    this.unwanted = new Unwanted(coordinator, this.published, tell)
    this.suspects = new Suspects(this.published, tell)
    this.remarks = new Remarks(coordinator.say)
    this.ready = new Promise((loaded, failed) => {
      this.loaded = loaded
      this.failed = failed
    })
    this.ready.catch(() => {})
    coordinator
      .begin({
        report: report => this.heard(report),
        lost: chunks => {
          for (const chunk of chunks) this.publishAgain(chunk)
        },
      })
      .then(() => coordinator.callUp())
      .then(
        called => {
          this.called = called
          // An empty chunk: whoever takes it loads the module, and says so.
          this.published.add([])
        },
        error => this.failed(error),
      )
  }

  /** Chunks that are published and have not ended. */
  get openChunks(): number {
    return this.published.size
  }

  unfinished(): number[] {
    return this.published.ids
  }

  send(calls: readonly Call[]): void {
    this.published.add(calls)
  }

  cancel(ids: readonly number[]): void {
    // Then all is, wherever it is by now.
    if (this.isStopping) this.coordinator.tell({ t: 'stage', stage: 2 })
    this.unwanted.add(ids)
  }

  drain(): void {
    this.coordinator.tell({ t: 'stage', stage: 1 })
    void this.unwanted.takeBack(this.published.ids)
  }

  setConcurrency(): void {}

  setTimeout(): void {}

  async ping(): Promise<Usage | null> {
    return this.isGone ? null : NO_USAGE
  }

  tasks(): Promise<ReadonlyMap<number, Snapshot>> {
    return this.far.ask(this.atWork, n => this.coordinator.tell({ t: 'tasks', n }))
  }

  placeOf(id: number): string {
    return this.far.placeOf(id)
  }

  async end(): Promise<undefined> {
    if (!this.isGone) {
      this.coordinator.tell({ t: 'stage', stage: 2 })
      const { ids } = this.published
      if (ids.length > 0)
        await Promise.race([this.unwanted.takeBack(ids), pause(TAKE_BACK_MS, undefined, { ref: false })])
      await this.leaving()
    }
    this.unwanted.end()
    await this.coordinator.end(this.notDone)
    if (!this.isGone) {
      this.isGone = true
      this.events.exit(ENDED)
    }
  }

  kill(): void {
    if (this.isGone) return
    this.coordinator.tell({ t: 'stage', stage: 3 })
    this.isGone = true
    this.noteLeft()
    this.unwanted.end()
    void this.coordinator.end(this.notDone)
    this.events.exit({
      ...ENDED,
      kind: 'killed',
      message: 'was left by omakase',
      unfinished: this.unfinished(),
    })
  }

  /** Until every machine has left that has worked for the run, and is still there. */
  private async leaving(): Promise<void> {
    const isThere = (by: string) => this.coordinator.machines.list.some(({ name }) => name === by)
    while (!this.isGone && [...this.atWork].some(isThere)) {
      let timer: NodeJS.Timeout | undefined
      await new Promise<void>(resolve => {
        this.noteLeft = resolve
        timer = setTimeout(resolve, LOOK_EVERY_MS)
      })
      clearTimeout(timer)
    }
  }

  /** What has no outcome of a chunk that the engine has lost, or that somebody has altered there. */
  private publishAgain(number: number): void {
    const { published } = this
    const chunk = published.chunk(number)
    const left = chunk === undefined ? [] : this.unwanted.cancel(published.idsOf(chunk))
    const calls = published.callsOf(left)
    if (chunk !== undefined) published.drop(chunk)
    // An empty one was there to have the module loaded.
    if (calls.length > 0 || !this.isLoaded) published.add(calls, chunk?.isAlone)
  }

  /** Those that a machine may still come upon, the one that only loads the module included. */
  private get notDone(): number[] {
    return [...this.published.numbers, 0]
  }

  private get isStopping(): boolean {
    return this.coordinator.isStopping
  }

  // --- in ------------------------------------------------------------------------------------------------------

  private heard(report: Report): void {
    if (this.isGone) return
    const {
      by,
      ended,
      returned,
      logs = [],
      progress,
      loaded,
      unusable,
      asked = [],
      lost = [],
      deaths = 0,
      refused = [],
      left = false,
      tasks,
    } = report
    this.coordinator.shares.heard(report)
    if (left) this.atWork.delete(by)
    else this.atWork.add(by)
    this.noteLeft()
    if (loaded !== undefined) {
      this.isLoaded = true
      this.loaded({ options: undefined, ...loaded, usage: NO_USAGE })
    }
    if (unusable !== undefined) this.leaveOut(by, unusable)
    const who = this.coordinator.machines.list.length > 1 ? `${by}: ` : ''
    for (const [id, text] of logs) this.events.log?.(id, `${who}${text}`)
    if (tasks !== undefined) this.far.told(by, tasks)
    if (progress !== undefined) this.progressed(progress)
    if (ended !== undefined) this.ended(by, outcomesOf(this.encode, ended))
    if (returned !== undefined) this.takenBack(returned)
    if (deaths > 0) this.coordinator.died(deaths)
    for (const holding of lost) this.suspects.lives(holding)
    for (const question of asked) this.answer(question, by)
    for (const chunk of refused) void this.publishTrue(by, chunk)
  }

  private ended(by: string, outcomes: Outcome[]): void {
    for (const outcome of outcomes) {
      if (outcome.overload !== undefined) this.overloaded(by, outcome.id)
      if (!outcome.ok && (outcome.error as ErrorRecord).code === 'ENOENT') this.remarks.lacksFile()
    }
    this.coordinator.shares.ended(by, this.tell(outcomes))
  }

  /** What asks too much of one asks it of all. What was sent before they were told so says nothing new. */
  private overloaded(by: string, id: number): void {
    const at = this.published.chunkOf(id)?.at ?? -Infinity
    if (at <= this.overloadAt) return
    this.overloadAt = performance.now()
    this.coordinator.tell({ t: 'overload', by })
  }

  private progressed({ ids, values }: NonNullable<Report['progress']>): void {
    const list = unpackOutputs('clone', values)
    for (const [at, id] of ids.entries()) if (this.published.has(id)) this.events.progress?.(id, list[at])
  }

  /** Where it has run elsewhere, it is the machine with which something is wrong, unless it is so on all of them. */
  private leaveOut(by: string, why: string): void {
    this.unfit.add(by)
    const names = this.coordinator.machines.list.map(({ name }) => name)
    const others = names.filter(
      name => !this.unfit.has(name) && (this.isLoaded || this.called.includes(name)),
    )
    if (this.isLoaded || others.length > 0) this.remarks.leftOut(by, why)
    if (others.length > 0) {
      // It may have had the one that was to have the module loaded.
      if (!this.isLoaded) this.published.add([])
      return
    }
    const error = new BadUsage(`on ${by}: ${why}`)
    if (this.isLoaded) this.coordinator.failed(error)
    else this.failed(error)
  }

  /** What was published of a chunk is not what a machine has found: somebody has altered it. */
  private async publishTrue(by: string, number: number): Promise<void> {
    this.remarks.altered(by)
    await this.coordinator.restore()
    this.publishAgain(number)
  }

  /** Somebody has a chunk that others had before, or that is to run alone. */
  private answer(question: Question, by: string): void {
    const chunk = this.published.chunk(question.chunk)
    if (chunk !== undefined) this.unwanted.cancel(this.published.idsOf(chunk))
    this.coordinator.tell({ t: 'left', token: question.token, ids: this.suspects.judge(question, by) })
  }

  /** A machine has given items back: somebody else runs them, unless they are not wanted any more. */
  private takenBack(ids: readonly number[]): void {
    const { published } = this
    const left = this.unwanted.cancel(ids.filter(id => published.has(id)))
    for (const isAlone of [false, true]) {
      const calls = published.callsOf(left.filter(id => published.chunkOf(id)?.isAlone === isAlone))
      for (const { id } of calls) published.forget(id)
      const size = isAlone ? 1 : calls.length
      for (let at = 0; at < calls.length; at += size) published.add(calls.slice(at, at + size), isAlone)
    }
  }

  /** Gives how many of them had not ended before: the others ran twice. */
  private tell(outcomes: Outcome[]): number {
    const list = outcomes.filter(({ id }) => this.published.forget(id))
    for (const { id } of list) this.unwanted.forget(id)
    if (list.length > 0) this.events.outcomes(list, NO_USAGE)
    return list.length
  }
}
