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
import { overloadOf } from '../../workers/overload.js'
import { type Encoding, packInputs, unpackOutputs } from '../engine/codec.js'
import type { Report } from '../engine/messages.js'
import type { Coordinator } from './coordinator.js'

/** Inputs of one chunk take no more than so many characters, unless one alone does. */
const MOST_CHARACTERS = 256 * 1024

/** A chunk that is published, with what of it has not ended. */
interface Open {
  readonly chunk: number
  readonly text: string
  readonly ids: Set<number>
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
  private nextChunk = 0
  private isGone = false
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
      .begin({ report: report => this.heard(report), lost: () => this.publishAgain() })
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
    void this.takeBack(new Set(ids))
    this.coordinator.tell({ t: 'cancel', ids })
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

  async end(): Promise<undefined> {
    await this.coordinator.end()
    if (!this.isGone) {
      this.isGone = true
      this.events.exit(ENDED)
    }
  }

  kill(): void {
    this.coordinator.tell({ t: 'stage', stage: 2 })
    if (this.isGone) return
    this.isGone = true
    void this.coordinator.end()
    this.events.exit({
      ...ENDED,
      kind: 'killed',
      message: 'was left by omakase',
      unfinished: this.unfinished(),
    })
  }

  // --- out -----------------------------------------------------------------------------------------------------

  private publish(calls: readonly Call[]): void {
    const inputs = packInputs(
      this.encode,
      calls.map(({ input }) => input),
    )
    if (inputs.length > MOST_CHARACTERS && calls.length > 1) {
      const half = calls.length >> 1
      this.publish(calls.slice(0, half))
      this.publish(calls.slice(half))
      return
    }
    const ids = calls.map(({ id }) => id)
    const text = JSON.stringify({
      ids,
      indexes: calls.map(({ index }) => index),
      attempts: calls.map(({ attempt }) => attempt),
      inputs,
    })
    const chunk: Open = { chunk: this.nextChunk++, text, ids: new Set(ids) }
    if (calls.length > 0) this.chunks.set(chunk.chunk, chunk)
    for (const call of calls) this.open.set(call.id, { call, chunk })
    this.coordinator.publish(chunk.chunk, text)
  }

  /** What has no outcome, as new chunks: of the old ones nothing is known any more. */
  private publishAgain(): void {
    const before = [...this.chunks.values()]
    this.chunks.clear()
    if (before.length === 0) this.publish([])
    for (const { ids } of before) this.publish([...ids].map(id => this.open.get(id)!.call))
  }

  /** Takes calls back that no machine has taken yet. */
  private async takeBack(wanted: ReadonlySet<number>): Promise<void> {
    const chunks = new Set([...wanted].flatMap(id => this.open.get(id)?.chunk ?? []))
    for (const chunk of chunks) {
      if (!(await this.coordinator.remove(chunk.chunk))) continue
      const ids = [...chunk.ids]
      const others = ids.filter(id => !wanted.has(id)).map(id => this.open.get(id)!.call)
      const taken = ids.filter(id => wanted.has(id))
      this.chunks.delete(chunk.chunk)
      this.tell(taken.map(id => cancelled(id)))
      if (others.length > 0) this.publish(others)
    }
  }

  // --- in ------------------------------------------------------------------------------------------------------

  private heard(report: Report): void {
    if (this.isGone) return
    const { by, ended, returned, logs = [], progress = [], loaded, unusable } = report
    if (loaded !== undefined) this.loaded({ options: undefined, ...loaded, usage: NO_USAGE })
    if (unusable !== undefined) this.failed(new BadUsage(`on ${by}: ${unusable}`))
    for (const [id, text] of logs) if (this.open.has(id)) this.events.log?.(id, text)
    for (const [id, value] of progress) if (this.open.has(id)) this.events.progress?.(id, value)
    if (ended !== undefined) this.tell(this.outcomes(ended))
    if (returned !== undefined) this.takenBack(returned)
  }

  private outcomes(ended: NonNullable<Report['ended']>): Outcome[] {
    const outputs = unpackOutputs(this.encode, ended.outputs)
    const errors = new Map<number, ErrorRecord>(ended.errors)
    let next = 0
    return ended.ids.map((id, place) => {
      const [ms, attempt] = [ended.ms[place]!, ended.attempts[place]!]
      const error = errors.get(place)
      if (error === undefined) return { id, ms, attempt, ok: true, value: outputs[next++] }
      const overload = overloadOf(error)
      return { id, ms, attempt, ok: false, error, cancelled: false, ...(overload && { overload }) }
    })
  }

  /** A machine has given items back: somebody else runs them, unless they are not wanted any more. */
  private takenBack(ids: readonly number[]): void {
    const calls = ids.flatMap(id => this.open.get(id)?.call ?? [])
    if (calls.length === 0) return
    if (this.isStopping) {
      this.tell(calls.map(({ id }) => cancelled(id)))
      return
    }
    for (const { id } of calls) this.forget(id)
    this.publish(calls)
  }

  private get isStopping(): boolean {
    return this.coordinator.isStopping
  }

  private tell(outcomes: Outcome[]): void {
    const list = outcomes.filter(({ id }) => this.forget(id))
    if (list.length > 0) this.events.outcomes(list, NO_USAGE)
  }

  /** False where it has ended before: it ran twice. */
  private forget(id: number): boolean {
    const found = this.open.get(id)
    if (found === undefined) return false
    this.open.delete(id)
    const { chunk } = found
    chunk.ids.delete(id)
    if (chunk.ids.size === 0) this.chunks.delete(chunk.chunk)
    return true
  }
}

function cancelled(id: number): Outcome {
  const error = { name: 'CancelledError', message: 'the item was cancelled before it began' }
  return { id, ms: 0, ok: false, error, cancelled: true }
}
