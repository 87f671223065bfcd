import type { Job } from 'bullmq'
import type { Item } from '../../map/input/source.js'
import type { ChunkJob } from '../engine/messages.js'

/** A chunk that this machine has taken. */
export class HeldChunk {
  readonly job: Job<ChunkJob>
  readonly token: string
  readonly items: readonly ChunkItem[]
  /** It runs with nothing beside it on this machine. */
  readonly isAlone: boolean
  /** What of it is left is not known yet. */
  isAsking = false
  wasAsked = false
  /** Its items whose end is not yet known to the engine. */
  left: number
  /** Its lock is lost: somebody else has it, and what comes of it here is nobody's. */
  isLost = false

  constructor(
    job: Job<ChunkJob>,
    token: string,
    isAlone: boolean,
    make: (chunk: HeldChunk) => readonly ChunkItem[],
  ) {
    this.job = job
    this.token = token
    this.isAlone = isAlone
    this.items = make(this)
    this.left = this.items.length
  }

  get number(): number {
    return this.job.data.chunk
  }

  /** Those of which nothing has been told. */
  get open(): ChunkItem[] {
    return this.items.filter(({ isDone }) => !isDone)
  }
}

/** An item of a chunk: its id is the coordinator's. */
export class ChunkItem implements Item {
  readonly index: number
  readonly input: unknown
  readonly id: number
  /** Executions so far, the next one included. */
  readonly attempt: number
  readonly chunk: HeldChunk
  /** Its end has been told, or that there is none here. */
  isDone = false
  /** It is on its way to a worker; until then it can be given back at once. */
  isTaken = false

  constructor(index: number, input: unknown, id: number, attempt: number, chunk: HeldChunk) {
    this.index = index
    this.input = input
    this.id = id
    this.attempt = attempt
    this.chunk = chunk
  }
}
