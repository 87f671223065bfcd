import { ById } from '../by-id.js'
import type { Worker } from '../worker.js'
import type { PoolCall } from './call.js'

/** How long a worker may be silent after one of its calls was cancelled. */
const SILENCE_MS = 1000

/** One worker of a pool, and the calls that it has. */
export class Lane {
  worker!: Worker
  readonly calls = new ById<PoolCall<any>>()
  isReady = false

  /** Takes a call back. It ends when the worker tells so, or is gone. */
  cancel(id: number): void {
    this.worker.cancel([id])
    const silence = setTimeout(() => this.worker.kill(), SILENCE_MS)
    this.worker.ping().then(() => clearTimeout(silence))
  }
}
