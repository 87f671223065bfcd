import type { Task } from '../core/index.js'
import type { Live } from '../map/run/job.js'

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const
type Signal = keyof typeof SIGNALS

/** Each stage turns into the next by itself. */
const STAGE_MS = 10_000
/** How long what was killed may take to be gone, before this process leaves without looking back. */
const LAST_MS = 2000
const LAST_STAGE = 3

/** What is being stopped, a little harder each time. */
export type Stoppable = Pick<Live, 'stop'>

/** Ctrl-C and its kin: each one more stops the run a little harder. */
export class Interrupts {
  exitCode = 1
  private stage = 0
  private timer: NodeJS.Timeout | undefined
  private live: Stoppable | null = null
  private task: Task<unknown> | null = null
  private readonly listeners = Object.keys(SIGNALS).map(name => {
    const listener = () => this.heard(name as Signal)
    process.on(name, listener)
    return () => process.off(name, listener)
  })

  /** Called at each stage. */
  private readonly told: (stage: 1 | 2 | 3) => void

  constructor(told: (stage: 1 | 2 | 3) => void = () => {}) {
    this.told = told
  }

  /** Until the run has begun there is nothing to let end. */
  before(task: Task<unknown>): void {
    this.task = task
    this.live = null
  }

  /** It has been asked to stop. */
  get isStopping(): boolean {
    return this.stage > 0
  }

  /** What ran has not been let end. */
  get isHurried(): boolean {
    return this.stage > 1
  }

  follow(live: Stoppable): void {
    this.live = live
  }

  end(): void {
    clearTimeout(this.timer)
    for (const stop of this.listeners) stop()
  }

  private heard(signal: Signal): void {
    if (this.stage === 0) this.exitCode = SIGNALS[signal]
    this.advance()
  }

  private advance(): void {
    if (this.stage === LAST_STAGE) return
    this.stage++
    // Also while a module loads, or a reader does not take what is to be written: neither need ever end.
    this.wait()
    if (this.live !== null) this.live.stop()
    else if (this.task !== null) this.task.cancel('interrupted')
    else this.leave()
    this.told(this.stage as 1 | 2 | 3)
  }

  private wait(): void {
    clearTimeout(this.timer)
    if (this.stage < LAST_STAGE) this.timer = setTimeout(() => this.advance(), STAGE_MS)
    else this.timer = setTimeout(() => this.leave(), this.live === null ? 0 : LAST_MS)
  }

  /** What was started dies with this process. */
  private leave(): never {
    process.exit(this.exitCode)
  }
}
