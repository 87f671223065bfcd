import { batchFor } from '../plan/choose.js'
import { type Limit, opened } from '../plan/limit.js'
import { mean } from '../plan/measure.js'
import type { Plan } from '../plan/plan.js'
import type { Attempt } from './attempt.js'
import type { Lane } from './lane.js'
import type { End, Regulator } from './regulator.js'
import { sizeOf } from './size.js'

/** Before there is a plan; workers may die by then, while the output is being opened. */
export const noneYet: Regulator = { room: () => 0, started() {}, finished() {}, lost() {} }

/** So many at once in each worker; where that is one, in messages of about the same amount of work. */
export class Steady implements Regulator {
  readonly plan: Plan
  private readonly fixedBatch: number | undefined
  private readonly remaining: () => number | undefined
  private readonly running: () => number
  wallMs: number
  private seen = 0
  /** Of an input, and of what comes out. */
  private bytes: number
  private bytesBack = 0

  /** `bytes`: what an item has taken so far, there and back. */
  constructor(
    plan: Plan,
    wallMs: number,
    bytes: number,
    fixedBatch: number | undefined,
    remaining: () => number | undefined,
    running: () => number,
  ) {
    this.plan = plan
    this.wallMs = wallMs
    this.bytes = bytes
    this.fixedBatch = fixedBatch
    this.remaining = remaining
    this.running = running
  }

  room({ inFlight }: Lane): number {
    const { concurrency, workers } = this.plan
    if (concurrency > 1) {
      // Those that a worker still has which is not needed any more count as well.
      const left = concurrency * workers - this.running()
      return Math.max(0, Math.min(concurrency - inFlight.size, left))
    }
    // One message is worked on while the next is on its way.
    const batch = this.batch
    return inFlight.size <= batch / 2 ? batch : 0
  }

  /** Items in the next message. */
  get batch(): number {
    if (this.fixedBatch !== undefined) return this.fixedBatch
    const left = this.remaining() ?? Infinity
    const towardsTheEnd = Math.ceil(left / (4 * this.plan.workers))
    return Math.max(1, Math.min(this.usualBatch, towardsTheEnd))
  }

  /** As long as there is enough to do. */
  get usualBatch(): number {
    if (this.fixedBatch !== undefined) return this.fixedBatch
    return batchFor(this.plan.executor, this.wallMs, this.bytes + this.bytesBack)
  }

  started(attempts: readonly Attempt[]): void {
    const { input } = attempts[0]!
    // One in each message is looked at; that is enough to see large ones coming.
    this.bytes += 0.2 * (sizeOf(input) - this.bytes)
  }

  finished(_attempt: Attempt, { ms, ok, value }: End): void {
    // What has to be walked through to know its size is not looked at: there may be a million a second.
    const size = typeof value === 'string' ? value.length : ArrayBuffer.isView(value) ? value.byteLength : 0
    this.bytesBack += 0.02 * (size - this.bytesBack)
    // What was taken for it at first weighs as much as one item.
    if (ok) this.wallMs += Math.max(0.02, 1 / (++this.seen + 1)) * (ms - this.wallMs)
  }

  lost(): void {}
}

/** When an item ran that ended in the probe, and among how many: when it began, and when it ended. */
interface Span {
  readonly began: number
  readonly ended: number
  readonly among: number
  readonly inFlight: number
  readonly busySoFar: number
  /** It was told that it is too much. */
  readonly isOverload: boolean
}

/** Until it is known what the function does: one item, then a few. */
export class Probing implements Regulator {
  allowed = 1
  running = 0
  /** The most that ran at once. */
  peak = 0
  readonly ends: Omit<End, 'value'>[] = []
  /** When the last one ended. */
  endedAt = 0
  /** When the last of `peak` began. */
  private peakAt = 0
  private readonly spans: Span[] = []
  /** Bytes that have gone there and back, of each that has ended. */
  readonly sizes: number[] = []
  private readonly most: number
  private readonly onEnd: () => void
  private readonly isFirst: (lane: Lane) => boolean

  /** What is measured is measured in one worker; `most` at once in all of them. */
  constructor(most: number, onEnd: () => void, isFirst: (lane: Lane) => boolean) {
    this.most = most
    this.onEnd = onEnd
    this.isFirst = isFirst
  }

  room(lane: Lane): number {
    // Those that have been started since the first is held need not be idle.
    const each = this.isFirst(lane) ? this.allowed : 1
    return Math.max(0, Math.min(each - lane.inFlight.size, this.most - this.running))
  }

  /** More, as long as none has ended; undefined where that is over. */
  open(): number | undefined {
    const allowed = Math.min(this.most, opened(this.allowed))
    if (this.ends.length > 0 || this.allowed >= allowed) return undefined
    this.allowed = allowed
    return allowed
  }

  started(attempts: readonly Attempt[], now: number): void {
    for (const attempt of attempts) {
      attempt.began = now
      attempt.among = ++this.running
    }
    if (this.running <= this.peak) return
    this.peak = this.running
    this.peakAt = now
  }

  /** Milliseconds that an item takes with few beside it; 0 where none has been served. */
  get aloneMs(): number {
    return mean(this.ends.filter(({ overload }) => overload === undefined).map(({ ms }) => ms))
  }

  /** What has ended belongs to the first round of the limit that comes after. */
  tell(limit: Limit): void {
    limit.started(this.peakAt, this.peak)
    for (const { began, ended, inFlight, among, busySoFar, isOverload } of this.spans) {
      if (isOverload) limit.refused(began, ended, inFlight)
      limit.finished(began, ended, inFlight, 0, among, busySoFar)
    }
  }

  finished({ input, began, among }: Attempt, { value, ...end }: End, now: number, lane: Lane): void {
    if (!this.isFirst(lane)) {
      this.running--
      this.onEnd()
      return
    }
    const isOverload = end.overload !== undefined
    const { busySoFar } = lane
    this.spans.push({ began, ended: now, inFlight: this.running--, among, busySoFar, isOverload })
    this.endedAt = now
    this.ends.push(end)
    this.sizes.push(sizeOf(input) + sizeOf(value))
    this.onEnd()
  }

  lost(attempts: readonly Attempt[]): void {
    this.running -= attempts.length
    this.onEnd()
  }
}
