import type { Call, Outcome } from '../../workers/internal.js'
import { type Encoding, packInputs } from '../engine/codec.js'
import { tooLarge } from '../engine/size.js'
import type { Coordinator } from './coordinator.js'
import { Holders } from './holders.js'
import { refuseUncloneable } from './refuse.js'

/** Inputs of one chunk take no more than so many characters, unless one alone does. */
const MOST_CHARACTERS = 256 * 1024

/** A chunk that is published, with what of it has not ended. */
export interface OpenChunk {
  readonly number: number
  /** Those that it was published with. */
  readonly ids: readonly number[]
  left: number
  readonly isAlone: boolean
  readonly holders: Holders
  readonly at: number
}

interface OpenCall extends Call {
  chunk: OpenChunk
}

/** The calls that are with the machines, as chunks of them. */
export class Published {
  private readonly coordinator: Coordinator
  private readonly encode: Encoding
  private readonly refused: (outcomes: Outcome[]) => void
  private readonly calls = new Map<number, OpenCall>()
  private readonly chunks = new Map<number, OpenChunk>()
  private next = 0

  /** `refused` is told, in a later turn, of calls that cannot travel. */
  constructor(coordinator: Coordinator, encode: Encoding, refused: (outcomes: Outcome[]) => void) {
    this.coordinator = coordinator
    this.encode = encode
    this.refused = outcomes => queueMicrotask(() => refused(outcomes))
  }

  get size(): number {
    return this.chunks.size
  }

  get numbers(): number[] {
    return [...this.chunks.keys()]
  }

  get ids(): number[] {
    return [...this.calls.keys()]
  }

  has(id: number): boolean {
    return this.calls.has(id)
  }

  chunk(number: number): OpenChunk | undefined {
    return this.chunks.get(number)
  }

  /** In which a call is that has not ended. */
  chunkOf(id: number): OpenChunk | undefined {
    return this.calls.get(id)?.chunk
  }

  /** Those of a chunk that have not ended. */
  idsOf(chunk: OpenChunk): number[] {
    return chunk.ids.filter(id => this.chunkOf(id) === chunk)
  }

  callsOf(ids: readonly number[]): Call[] {
    return ids.map(id => this.calls.get(id)!)
  }

  /** As one chunk, or as several where they are large; without calls it only loads the module. */
  add(calls: readonly Call[], isAlone = false): void {
    const inputs = this.pack(calls, isAlone)
    if (inputs === null) return
    if (inputs.length > MOST_CHARACTERS && calls.length > 1) {
      const half = calls.length >> 1
      this.add(calls.slice(0, half), isAlone)
      this.add(calls.slice(half), isAlone)
      return
    }
    const { maxSize } = this.coordinator
    if (inputs.length > maxSize && calls.length === 1) {
      const [{ id, attempt }] = calls as [Call]
      const error = tooLarge('input', inputs.length, maxSize)
      this.calls.delete(id)
      this.refused([{ id, ms: 0, attempt, ok: false, error, cancelled: false, isFinal: true }])
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
    const number = this.next++
    const chunk = { number, ids, left: ids.length, isAlone, holders: new Holders(), at: performance.now() }
    if (ids.length > 0) this.chunks.set(number, chunk)
    // The same object is sent again where an item is tried again: what it is now is what counts.
    for (const { id, index, attempt, input } of calls)
      this.calls.set(id, { id, index, attempt, input, chunk })
    // One that only loads the module would wait for all that others have published.
    this.coordinator.publish(number, text, ids.length === 0)
  }

  /** The call is open no more; false where it was not. */
  forget(id: number): boolean {
    const chunk = this.chunkOf(id)
    if (chunk === undefined) return false
    this.calls.delete(id)
    if (--chunk.left === 0) this.drop(chunk)
    return true
  }

  /** It has ended, or its calls are to be published otherwise; false where it was gone. */
  drop({ number }: OpenChunk): boolean {
    this.coordinator.forget(number)
    return this.chunks.delete(number)
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
      if (fit.length > 0) this.add(fit, isAlone)
      this.refused(refused)
      return null
    }
  }
}
