import type { Task } from '../core/index.js'
import type { Live } from '../map/run/job.js'

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const
type Signal = keyof typeof SIGNALS

/** Ctrl-C and its kin: each one more stops the run a little harder. */
export class Interrupts {
  exitCode = 1
  private live: Live | null = null
  private task: Task<unknown> | null = null
  private readonly listeners = Object.keys(SIGNALS).map(name => {
    const listener = () => this.heard(name as Signal)
    process.on(name, listener)
    return () => process.off(name, listener)
  })

  /** Until the run has begun there is nothing to let end. */
  before(task: Task<unknown>): void {
    this.task = task
  }

  follow(live: Live): void {
    this.live = live
  }

  end(): void {
    for (const stop of this.listeners) stop()
  }

  private heard(signal: Signal): void {
    if (this.exitCode === 1) this.exitCode = SIGNALS[signal]
    if (this.live !== null) this.live.stop()
    else if (this.task !== null) this.task.cancel(signal)
    else process.exit(this.exitCode)
  }
}
