import { sleep } from '../../core/index.js'
import type { Coroutine } from '../../core/internal.js'
import type { Item } from '../input/source.js'
import { Histogram } from './histogram.js'
import { type Sample, Samples } from './samples.js'
import { Slowest } from './slowest.js'

const MOST_DEATHS = 100

/** A worker that died by itself. */
export interface WorkerDeath {
  /** Milliseconds since the run began. */
  readonly at: number
  readonly pid: number
  readonly message: string
}

/** What a report shows of how a run went, in constant memory. */
export class Recorder {
  readonly histogram = new Histogram()
  readonly slowest = new Slowest()
  readonly deaths: WorkerDeath[] = []
  private readonly samples = new Samples()
  private readonly began = performance.now()
  private readonly now: () => Omit<Sample, 'at'>

  constructor(now: () => Omit<Sample, 'at'>) {
    this.now = now
  }

  /** With the moment at which it is asked for. */
  get list(): readonly Sample[] {
    return [...this.samples.list, this.sample()]
  }

  ended({ index, input }: Item, ms: number): void {
    this.histogram.add(ms)
    this.slowest.add(index, input, ms)
  }

  died(pid: number, message: string): void {
    if (this.deaths.length < MOST_DEATHS)
      this.deaths.push({ at: performance.now() - this.began, pid, message })
  }

  *run(): Coroutine<void> {
    for (;;) {
      this.samples.add(this.sample())
      yield* sleep(this.samples.everyMs)
    }
  }

  private sample(): Sample {
    return { at: performance.now() - this.began, ...this.now() }
  }
}
