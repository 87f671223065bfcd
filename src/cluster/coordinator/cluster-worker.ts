import { setTimeout as pause } from 'node:timers/promises'
import type { Snapshot } from '../../debug/index.js'
import { BadUsage } from '../../workers/bad-usage.js'
import { type ErrorRecord, errorRecord } from '../../workers/errors/record.js'
import {
  type Call,
  ENDED,
  type Loaded,
  type Outcome,
  type Usage,
  type Worker,
  type WorkerEvents,
} from '../../workers/internal.js'
import { type Encoding, packInputs, unpackOutputs } from '../engine/codec.js'
import type { Question, Report } from '../engine/messages.js'
import { tooLarge } from '../engine/size.js'
import type { Coordinator } from './coordinator.js'
import { FarTasks } from './far-tasks.js'
import { Holders, isDeadly } from './holders.js'
import { Killed } from './killed.js'
import { refuseUncloneable } from './refuse.js'

/** Inputs of one chunk take no more than so many characters, unless one alone does. */
const MOST_CHARACTERS = 256 * 1024

/** What has killed its machines is run in so many parts, each with nothing beside it. */
const PARTS = 64
/** How often a cancel is told until it is done. */
const CANCEL_EVERY_MS = 1000
/** How long taking back what is published may take at the end, before it is left to the machines. */
const TAKE_BACK_MS = 1000
/** Whether the machines that are waited for are still there. */
const LOOK_EVERY_MS = 250

/** A chunk that is published, with what of it has not ended. */
interface Open {
  readonly chunk: number
  readonly ids: Set<number>
  readonly isAlone: boolean
  readonly holders: Holders
  readonly at: number
}

const NO_USAGE: Usage = { at: 0, active: 0, idle: 0, cpu: 0, queued: 0, rss: 0, begun: 0 }

/** All machines together, as one worker. */
export class ClusterWorker implements Worker {
  readonly pid = process.pid
  readonly ready: Promise<Loaded>
  private readonly coordinator: Coordinator
  private readonly encode: Encoding
  private readonly events: WorkerEvents
  /** By the id of each call that has not ended. */
  private readonly open = new Map<number, { readonly call: Call; chunk: Open }>()
  private readonly chunks = new Map<number, Open>()
  /** Calls that are to be cancelled where they are. */
  private readonly unwanted = new Set<number>()
  private again: NodeJS.Timeout | undefined
  /** Machines that have told something and have not left. */
  private readonly atWork = new Set<string>()
  private noteLeft = (): void => {}
  private readonly far = new FarTasks()
  private nextChunk = 0
  private isGone = false
  /** Machines that cannot use the module. */
  private readonly unfit = new Set<string>()
  private hasTold = false
  private hasToldOfFiles = false
  private isLoaded = false
  /** When machines were last told that items ask too much. */
  private overloadAt = -Infinity
  private loaded!: (loaded: Loaded) => void
  private failed!: (error: unknown) => void

  constructor(coordinator: Coordinator, encode: Encoding, events: WorkerEvents) {
    this.coordinator = coordinator
    this.encode = encode
    this.events = events
    this.ready = new Promise((loaded, failed) => {
      this.loaded = loaded
      this.failed = failed
    })
    this.ready.catch(() => {})
    coordinator
      .begin({ report: report => this.heard(report), lost: chunks => this.publishAgain(chunks) })
      // An empty chunk: whoever takes it loads the module, and says so.
      .then(
        () => this.publish([]),
        error => this.failed(error),
      )
  }

  /** Chunks that are published and have not ended. */
  get openChunks(): number {
    return this.chunks.size
  }

  unfinished(): number[] {
    return [...this.open.keys()]
  }

  send(calls: readonly Call[]): void {
    // The same object is sent again where an item is tried again: what it is now is what counts.
    const list = calls.map(({ id, index, attempt, input }) => ({ id, index, attempt, input }))
    this.publish(list)
  }

  cancel(ids: readonly number[]): void {
    for (const id of ids) if (this.open.has(id)) this.unwanted.add(id)
    // Then all is, wherever it is by now.
    if (this.isStopping) this.coordinator.tell({ t: 'stage', stage: 2 })
    this.takeUnwanted(new Set(ids))
    this.again ??= setInterval(() => this.takeUnwanted(this.unwanted), CANCEL_EVERY_MS)
  }

  drain(): void {
    this.coordinator.tell({ t: 'stage', stage: 1 })
    void this.takeBack(new Set(this.open.keys()))
  }

  setConcurrency(): void {}

  setTimeout(): void {}

  async ping(): Promise<boolean> {
    return !this.isGone
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
      if (this.open.size > 0)
        await Promise.race([
          this.takeBack(new Set(this.open.keys())),
          pause(TAKE_BACK_MS, undefined, { ref: false }),
        ])
      await this.leaving()
    }
    clearInterval(this.again)
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
    clearInterval(this.again)
    void this.coordinator.end(this.notDone)
    this.events.exit({
      ...ENDED,
      kind: 'killed',
      message: 'was left by omakase',
      unfinished: this.unfinished(),
    })
  }

  // --- out -----------------------------------------------------------------------------------------------------

  private publish(calls: readonly Call[], isAlone = false): void {
    const inputs = this.pack(calls, isAlone)
    if (inputs === null) return
    if (inputs.length > MOST_CHARACTERS && calls.length > 1) {
      const half = calls.length >> 1
      this.publish(calls.slice(0, half), isAlone)
      this.publish(calls.slice(half), isAlone)
      return
    }
    const { maxSize } = this.coordinator
    if (inputs.length > maxSize && calls.length === 1) {
      const [{ id, attempt }] = calls as [Call]
      const error = tooLarge('input', inputs.length, maxSize)
      this.open.delete(id)
      // Not before `send` has returned: nobody expects an answer while asking.
      queueMicrotask(() =>
        this.events.outcomes(
          [{ id, ms: 0, attempt, ok: false, error, cancelled: false, isFinal: true }],
          NO_USAGE,
        ),
      )
      return
    }
    const ids = calls.map(({ id }) => id)
    const text = JSON.stringify({
      ids,
      indexes: calls.map(({ index }) => index),
      attempts: calls.map(({ attempt }) => attempt),
      inputs,
      ...(isAlone && { isAlone }),
    })
    const chunk: Open = {
      chunk: this.nextChunk++,
      ids: new Set(ids),
      isAlone,
      holders: new Holders(),
      at: performance.now(),
    }
    if (calls.length > 0) this.chunks.set(chunk.chunk, chunk)
    for (const call of calls) this.open.set(call.id, { call, chunk })
    // One that only loads the module would wait for all that others have published.
    this.coordinator.publish(chunk.chunk, text, calls.length === 0)
  }

  /** `null` where some of them cannot travel: those fail, and the others are published without them. */
  private pack(calls: readonly Call[], isAlone: boolean): string | null {
    try {
      return packInputs(
        this.encode,
        calls.map(({ input }) => input),
      )
    } catch {
      const { fit, refused } = refuseUncloneable(calls)
      if (fit.length > 0) this.publish(fit, isAlone)
      // Not before `send` has returned: nobody expects an answer while asking.
      queueMicrotask(() => this.events.outcomes(refused, NO_USAGE))
      return null
    }
  }

  /** What of these has no outcome, as new chunks. */
  private publishAgain(lost: readonly number[]): void {
    for (const number of lost) {
      const chunk = this.chunks.get(number)
      this.chunks.delete(number)
      this.tell([...(chunk?.ids ?? [])].filter(id => this.unwanted.has(id)).map(id => cancelled(id)))
      const calls = this.callsOf(chunk?.ids ?? [])
      // An empty one was there to have the module loaded.
      if (calls.length > 0 || !this.isLoaded) this.publish(calls, chunk?.isAlone)
    }
  }

  /** Told again and again: whoever takes a chunk just now has not heard of it. */
  private takeUnwanted(wanted: ReadonlySet<number>): void {
    const ids = [...wanted].filter(id => this.unwanted.has(id))
    if (this.unwanted.size === 0) {
      clearInterval(this.again)
      this.again = undefined
      return
    }
    void this.takeBack(new Set(ids))
    this.coordinator.tell({ t: 'cancel', ids })
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

  /** Takes calls back that no machine has taken yet. */
  private async takeBack(wanted: ReadonlySet<number>): Promise<void> {
    const chunks = [...new Set([...wanted].flatMap(id => this.open.get(id)?.chunk ?? []))]
    const removed = await Promise.all(chunks.map(({ chunk }) => this.coordinator.remove(chunk)))
    // One that has been done is not in the queue either; its results are on their way.
    await this.coordinator.heardAll()
    for (const [at, { chunk, ids, isAlone }] of chunks.entries()) {
      if (!removed[at] || this.isGone || !this.chunks.delete(chunk)) continue
      const others = [...ids].filter(id => !wanted.has(id))
      this.tell([...ids].filter(id => wanted.has(id)).map(id => cancelled(id)))
      if (others.length > 0) this.publish(this.callsOf(others), isAlone)
    }
  }

  private callsOf(ids: Iterable<number>): Call[] {
    return [...ids].map(id => this.open.get(id)!.call)
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
    if (ended !== undefined) this.coordinator.shares.ended(by, this.tell(this.outcomes(by, ended)))
    if (returned !== undefined) this.takenBack(returned)
    if (deaths > 0) this.coordinator.died(deaths)
    for (const holding of lost) this.chunks.get(holding.chunk)?.holders.lives(holding.token)
    for (const question of asked) this.answer(question, by)
    for (const chunk of refused) void this.publishTrue(by, chunk)
  }

  /** Where it has run elsewhere, it is the machine with which something is wrong, unless it is so on all of them. */
  private leaveOut(by: string, why: string): void {
    const error = new BadUsage(`on ${by}: ${why}`)
    if (!this.isLoaded) {
      this.failed(error)
      return
    }
    if (!this.unfit.has(by)) this.coordinator.say(`omakase: ${by} is left out: ${why}`)
    this.unfit.add(by)
    if (this.coordinator.machines.list.every(({ name }) => this.unfit.has(name)))
      this.coordinator.failed(error)
  }

  /** What was published of a chunk is not what a machine has found: somebody has altered it. */
  private async publishTrue(by: string, number: number): Promise<void> {
    if (!this.hasTold)
      this.coordinator.say(`omakase: ${by} refused what was altered in the engine; it is published again`)
    this.hasTold = true
    await this.coordinator.restore()
    const chunk = this.chunks.get(number)
    this.chunks.delete(number)
    this.publish(this.callsOf(chunk?.ids ?? []), chunk?.isAlone)
  }

  /** Somebody has a chunk that others had before, or that is to run alone. */
  private answer({ chunk, token, times }: Question, by: string): void {
    const open = this.chunks.get(chunk)
    open?.holders.asked(by, token, times)
    if (open !== undefined) {
      this.tell([...open.ids].filter(id => this.isStopping || this.unwanted.has(id)).map(id => cancelled(id)))
      this.judge(open, token)
    }
    const ids = this.chunks.has(chunk) ? [...open!.ids] : []
    this.coordinator.tell({ t: 'left', token, ids })
  }

  private judge(open: Open, token: string): void {
    const { isAlone, holders, ids } = open
    if (ids.size === 0) return
    const dead = holders.deadBut(token)
    if (isAlone && ids.size === 1) {
      if (isDeadly(dead)) this.tell([...ids].map(id => this.deadly(id, dead)))
    } else if (isAlone ? dead.length > 0 : holders.isSuspect) this.split(open)
  }

  private split({ chunk, ids }: Open): void {
    const calls = this.callsOf(ids)
    const size = Math.ceil(calls.length / PARTS)
    this.chunks.delete(chunk)
    for (let at = 0; at < calls.length; at += size) this.publish(calls.slice(at, at + size), true)
  }

  private deadly(id: number, machines: readonly string[]): Outcome {
    const { call } = this.open.get(id)!
    const error = errorRecord(new Killed(machines))
    const attempt = call.attempt + machines.length - 1
    return { id, ms: 0, attempt, ok: false, error, cancelled: false, isFinal: true }
  }

  private progressed({ ids, values }: NonNullable<Report['progress']>): void {
    const list = unpackOutputs('clone', values)
    for (const [at, id] of ids.entries()) if (this.open.has(id)) this.events.progress?.(id, list[at])
  }

  private outcomes(by: string, ended: NonNullable<Report['ended']>): Outcome[] {
    const outputs = unpackOutputs(this.encode, ended.outputs)
    const errors = new Map<number, ErrorRecord>(ended.errors)
    const overloads = new Map(ended.overloads)
    let next = 0
    return ended.ids.map((id, place) => {
      const [ms, attempt] = [ended.ms[place]!, ended.attempts[place]!]
      const error = errors.get(place)
      if (error?.code === 'ENOENT') this.tellOfFiles()
      if (error === undefined) return { id, ms, attempt, ok: true, value: outputs[next++] }
      const overload = overloads.get(place)
      if (overload !== undefined) this.overloaded(by, id)
      const isFinal = ended.final?.includes(place) === true
      return { id, ms, attempt, ok: false, error, cancelled: false, isFinal, ...(overload && { overload }) }
    })
  }

  private tellOfFiles(): void {
    if (this.hasToldOfFiles) return
    this.hasToldOfFiles = true
    this.coordinator.say(
      'omakase: a machine lacks a file: inputs travel, files do not; what a function reads must be on each machine, under its --cwd where the path is relative',
    )
  }

  /** What asks too much of one asks it of all. What was sent before they were told so says nothing new. */
  private overloaded(by: string, id: number): void {
    const at = this.open.get(id)?.chunk.at ?? -Infinity
    if (at <= this.overloadAt) return
    this.overloadAt = performance.now()
    this.coordinator.tell({ t: 'overload', by })
  }

  /** A machine has given items back: somebody else runs them, unless they are not wanted any more. */
  private takenBack(ids: readonly number[]): void {
    const open = ids.filter(id => this.open.has(id))
    this.tell(open.filter(id => this.isStopping || this.unwanted.has(id)).map(id => cancelled(id)))
    for (const isAlone of [false, true]) {
      const calls = this.callsOf(open.filter(id => this.open.get(id)?.chunk.isAlone === isAlone))
      for (const { id } of calls) this.forget(id)
      const size = isAlone ? 1 : calls.length
      for (let at = 0; at < calls.length; at += size) this.publish(calls.slice(at, at + size), isAlone)
    }
  }

  /** Those that a machine may still come upon, the one that only loads the module included. */
  private get notDone(): number[] {
    return [...this.chunks.keys(), 0]
  }

  private get isStopping(): boolean {
    return this.coordinator.isStopping
  }

  /** Gives how many of them had not ended before. */
  private tell(outcomes: Outcome[]): number {
    const list = outcomes.filter(({ id }) => this.forget(id))
    if (list.length > 0) this.events.outcomes(list, NO_USAGE)
    return list.length
  }

  /** False where it has ended before: it ran twice. */
  private forget(id: number): boolean {
    const found = this.open.get(id)
    if (found === undefined) return false
    this.open.delete(id)
    this.unwanted.delete(id)
    const { chunk } = found
    chunk.ids.delete(id)
    if (chunk.ids.size === 0) {
      this.chunks.delete(chunk.chunk)
      this.coordinator.forget(chunk.chunk)
    }
    return true
  }
}

function cancelled(id: number): Outcome {
  const error = { name: 'CancelledError', message: 'the item was cancelled before it began' }
  return { id, ms: 0, ok: false, error, cancelled: true }
}
