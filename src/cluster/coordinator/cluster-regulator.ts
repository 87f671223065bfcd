import type { Attempt } from '../../map/run/attempt.js'
import type { Lane } from '../../map/run/lane.js'
import type { End, Regulator } from '../../map/run/regulator.js'

import type { Room } from '../engine/messages.js'
import { CHUNKS_PER_SECOND, chunkSize, fillSize, hasRoom, lastSize } from './chunk-size.js'

import type { ClusterWorker } from './cluster-worker.js'

/** The pace at which chunks are published is minded over so long; whoever waits for it is woken as often. */
const PACE_MS = 500
/** How the rate of the whole cluster is followed. */
const RATE_EVERY_MS = 100
const WEIGHT = 0.25
const MOST_SAMPLES = 64

export interface ClusterParts {
  /** Of all machines together. */
  room(): Room
  worker(): ClusterWorker
  /** Items at once over all machines. */
  readonly concurrency: number
  remaining(): number | undefined
}

/** Publishes as many chunks as the machines can work on, each the work of about a second. */
export class ClusterRegulator implements Regulator {
  /** Items in a chunk. */
  size = 1
  readonly samples: number[] = []
  private readonly parts: ClusterParts
  private ended = 0
  private perSecond = 0
  private since = performance.now()
  private published = 0
  private paceUntil = 0

  constructor(parts: ClusterParts) {
    this.parts = parts
  }

  room({ inFlight }: Lane): number {
    const { concurrency } = this.parts
    const free = concurrency - inFlight.size
    const room = this.parts.room()
    const { seats, slots } = room
    const open = { chunks: this.parts.worker().openChunks, items: inFlight.size }
    if (free <= 0 || !hasRoom(open, room, this.size, this.perSecond) || this.isTooFast) return 0
    const share = concurrency === Infinity ? Infinity : Math.ceil(concurrency / seats)
    const left = this.parts.remaining()
    const size = Math.max(this.size, fillSize(seats, slots))
    return Math.min(size, free, share, left === undefined ? Infinity : Math.max(1, lastSize(left, seats)))
  }

  started(): void {
    this.published++
  }

  finished(_attempt: Attempt, { ms, ok }: End, now: number): void {
    this.ended++
    if (ok && this.samples.length < MOST_SAMPLES) this.samples.push(ms)
    const time = now - this.since
    if (time < RATE_EVERY_MS) return
    const rate = (1000 * this.ended) / time
    this.perSecond += (this.perSecond === 0 ? 1 : WEIGHT) * (rate - this.perSecond)
    this.since = now
    this.ended = 0
    this.size = chunkSize(this.perSecond, this.parts.room().seats, this.size)
  }

  lost(): void {}

  private get isTooFast(): boolean {
    const now = performance.now()
    if (now >= this.paceUntil) {
      this.paceUntil = now + PACE_MS
      this.published = 0
    }
    return this.published >= (CHUNKS_PER_SECOND * PACE_MS) / 1000
  }
}
