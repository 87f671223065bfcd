import type { Attempt } from '../../map/run/attempt.js'
import type { Lane } from '../../map/run/lane.js'
import type { End, Regulator } from '../../map/run/regulator.js'
import type { ClusterWorker } from './cluster-worker.js'
import type { Machines } from './machines.js'

/** So many chunks of a slot are published and have not ended. */
const HIGH_WATER = 4
/** The work of one slot in one chunk, in milliseconds; with many slots more, as one Redis carries so many jobs a second. */
const CHUNK_MS = 750
const JOBS_PER_SECOND = 2000
/** A chunk is no larger than so many times the last one: what is known comes from small ones. */
const GROWTH = 4
const MOST_ITEMS = 20_000
/** How the rate of the whole cluster is followed. */
const RATE_EVERY_MS = 250
const WEIGHT = 0.4

export interface ClusterParts {
  readonly machines: Machines
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

  constructor(parts: ClusterParts) {
    this.parts = parts
  }

  room({ inFlight }: Lane): number {
    const { concurrency } = this.parts
    const free = concurrency - inFlight.size
    if (free <= 0 || this.parts.worker().openChunks >= HIGH_WATER * this.slots) return 0
    const share = concurrency === Infinity ? Infinity : Math.ceil(concurrency / this.slots)
    return Math.max(1, Math.min(this.size, free, share, this.towardsTheEnd))
  }

  started(): void {}

  finished(_attempt: Attempt, { ms, ok }: End, now: number): void {
    this.ended++
    if (ok && this.samples.length < MOST_SAMPLES) this.samples.push(ms)
    const time = now - this.since
    if (time < RATE_EVERY_MS) return
    const rate = (1000 * this.ended) / time
    this.perSecond += (this.perSecond === 0 ? 1 : WEIGHT) * (rate - this.perSecond)
    this.since = now
    this.ended = 0
    const { slots } = this
    const chunkMs = Math.max(CHUNK_MS, (1000 * slots) / JOBS_PER_SECOND)
    const wanted = Math.round(((this.perSecond / slots) * chunkMs) / 1000)
    this.size = Math.max(1, Math.min(wanted, GROWTH * this.size, MOST_ITEMS))
  }

  lost(): void {}

  /** What can be worked on at once: cores, and where items wait, more, as is seen from what a machine has taken. */
  get slots(): number {
    const { list } = this.parts.machines
    return Math.max(
      1,
      list.reduce((sum, { cores, held }) => sum + Math.max(cores, held / 2), 0),
    )
  }

  private get towardsTheEnd(): number {
    const left = this.parts.remaining()
    return left === undefined ? Infinity : Math.ceil(left / (HIGH_WATER * this.slots))
  }
}

const MOST_SAMPLES = 64
