import type { Death } from '../../workers/internal.js'

/** An item that ended its worker's process, as a rule twice, with nothing else in it. */
export class Poisoned extends Error {
  override readonly name = 'WorkerDied'
  /** The exit code, where it exited by itself. */
  readonly exitCode: number | null
  readonly signal: string | null
  /** The last that the worker wrote to its standard error. */
  readonly stderr: string

  constructor(death: Death, deaths: number) {
    const times = deaths === 2 ? ', twice' : ''
    super(`the worker ${death.message}${times}, while it ran nothing but this item`)
    this.exitCode = death.code
    this.signal = death.signal
    this.stderr = death.stderrTail
    // It has no place in anybody's code.
    this.stack = `${this.name}: ${this.message}`
  }
}
