import type { Usage } from '../../workers/internal.js'
import type { Limit } from '../plan/limit.js'
import type { Attempt } from './attempt.js'
import { busyBetween, type Lane } from './lane.js'
import type { End, Regulator } from './regulator.js'

/** How long a loop is looked at before it is said how busy it is. */
const LOOK_MS = 100

/** As many items at once as bring more items a second, shared out over so many event loops. */
export class Adaptive implements Regulator {
  readonly limit: Limit
  readonly workers: number
  /** The most that ran at once. */
  peak: number
  /** Nothing grows: memory is short. */
  isHeld = false
  /** The largest share of its time that a loop was busy, over at least a tenth of a second. */
  busiest = 0
  private running: number
  private readonly setConcurrency: (each: number) => void
  private told = 0
  private readonly looked = new WeakMap<Lane, { usage: Usage; busy: number }>()

  /** `running` is how many run already, `peak` how many there were at most. */
  constructor(
    limit: Limit,
    workers: number,
    setConcurrency: (each: number) => void,
    running = 0,
    peak = running,
  ) {
    this.running = running
    this.peak = peak
    this.limit = limit
    this.workers = workers
    this.setConcurrency = setConcurrency
    this.tell()
  }

  /** The most that each worker has. */
  get each(): number {
    return Math.ceil(this.limit.value / this.workers)
  }

  room({ inFlight }: Lane): number {
    return Math.max(0, Math.min(this.limit.value - this.running, this.each - inFlight.size))
  }

  open(): number | undefined {
    const opened = this.limit.open()
    this.tell()
    return opened
  }

  started(attempts: readonly Attempt[], now: number): void {
    for (const attempt of attempts) {
      attempt.began = now
      attempt.among = ++this.running
    }
    this.limit.started(now, this.running)
    this.peak = Math.max(this.peak, this.running)
  }

  finished(attempt: Attempt, { overload, usage }: End, now: number, lane: Lane): void {
    const inFlight = this.running--
    const { began } = attempt
    const busy = this.isHeld ? 1 : this.look(lane, usage)
    if (overload?.code === 'EMFILE' || overload?.code === 'ENFILE')
      this.limit.overloaded(began, now, inFlight, true)
    else if (overload !== undefined) this.limit.refused(began, now, inFlight)
    this.limit.finished(began, now, inFlight, busy, attempt.among, lane.busySoFar)
    this.tell()
  }

  lost(attempts: readonly Attempt[]): void {
    this.running -= attempts.length
    this.limit.lost(attempts.length)
  }

  /** How busy this worker's loop has been. */
  private look(lane: Lane, usage: Usage): number {
    const before = this.looked.get(lane)
    if (before !== undefined && usage.at - before.usage.at < LOOK_MS) return before.busy
    let busy = 0
    if (before !== undefined) {
      busy = busyBetween(before.usage, usage)
      this.busiest = Math.max(this.busiest, busy)
    }
    this.looked.set(lane, { usage, busy })
    return busy
  }

  private tell(): void {
    const { each } = this
    if (each <= this.told) return
    this.told = each
    this.setConcurrency(each)
  }
}
