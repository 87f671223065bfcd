import { cores } from '../../workers/cores.js'
import type { Limit } from '../plan/limit.js'
import { isMemoryShort } from '../plan/memory.js'
import type { Attempt } from '../run/attempt.js'
import type { End, Regulator } from '../run/regulator.js'
import { MachineLoad } from './processors.js'

/** So many are looked at one by one; the rest is the sum. */
const SAMPLES = 64
/** Looking at memory costs a tenth of a millisecond: not for every command. */
const LOOK_EVERY_MS = 50
/** While nothing has ended, more are begun only where the machine has so much to spare. */
const FREE_BELOW = 0.5

/** As many commands at once as the limit says, which grows only while there are processors and memory for more. */
export class CommandRegulator implements Regulator {
  readonly limit: Limit
  private readonly setConcurrency: (concurrency: number) => void
  private readonly cores = cores()
  private readonly machine = new MachineLoad()
  private running = 0
  private told = 0
  private lookedAt = 0
  private isShort = false
  peak = 0
  readonly samples: number[] = []
  ended = 0
  /** Milliseconds of all that have ended, of the clock and of the processor. */
  wallMs = 0
  cpuMs = 0

  constructor(limit: Limit, setConcurrency: (concurrency: number) => void) {
    this.limit = limit
    this.setConcurrency = setConcurrency
    this.tell()
  }

  room(): number {
    return Math.max(0, this.limit.value - this.running)
  }

  started(attempts: readonly Attempt[], now: number): void {
    for (const attempt of attempts) {
      attempt.began = now
      attempt.among = ++this.running
    }
    this.limit.started(now, this.running)
    this.peak = Math.max(this.peak, this.running)
  }

  finished({ began, among }: Attempt, { ms, usage }: End, now: number): void {
    const inFlight = this.running--
    this.ended++
    this.wallMs += ms
    this.cpuMs = Math.max(this.cpuMs, usage.cpu)
    if (this.samples.length < SAMPLES) this.samples.push(ms)
    this.look(now)
    // What those that run use of the processors, if they are like those that have ended.
    const busy = (this.share * inFlight) / this.cores
    this.limit.finished(began, now, inFlight, this.isShort ? 1 : busy, among)
    this.tell()
  }

  lost(attempts: readonly Attempt[]): void {
    this.running -= attempts.length
  }

  /** Twice as many, while none has ended; false where that is over. */
  open(most: number): boolean {
    if (this.ended > 0 || this.limit.value >= most) return false
    const isFree = this.machine.look() < FREE_BELOW
    this.look(performance.now())
    if (isFree && !this.isShort) this.limit.open()
    this.tell()
    return true
  }

  /** How much of its time a command uses a processor; all of it, as long as that is not known. */
  get share(): number {
    return this.cpuMs === 0 && this.wallMs < LOOK_EVERY_MS ? 1 : this.cpuMs / Math.max(1, this.wallMs)
  }

  private look(now: number): void {
    if (now - this.lookedAt < LOOK_EVERY_MS) return
    this.lookedAt = now
    this.isShort = isMemoryShort()
  }

  private tell(): void {
    const { value } = this.limit
    if (value <= this.told) return
    this.told = value
    this.setConcurrency(value)
  }
}
