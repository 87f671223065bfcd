import type { Job } from 'bullmq'
import type { Item } from '../../map/input/source.js'

/** A chunk that this machine has taken. */
export class HeldChunk {
  readonly job: Job
  readonly token: string
  readonly items: readonly ChunkItem[]
  /** Its items whose end is not yet known to the engine. */
  left: number
  /** Its lock is lost: somebody else has it, and what comes of it here is nobody's. */
  isLost = false

  constructor(job: Job, token: string, make: (chunk: HeldChunk) => readonly ChunkItem[]) {
    this.job = job
    this.token = token
    this.items = make(this)
    this.left = this.items.length
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
  isDone = false

  constructor(index: number, input: unknown, id: number, attempt: number, chunk: HeldChunk) {
    this.index = index
    this.input = input
    this.id = id
    this.attempt = attempt
    this.chunk = chunk
  }
}
