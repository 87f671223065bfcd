import type { Item } from '../input/source.js'

/** What has become of the items so far. */
export class Tally {
  ok = 0
  failed = 0
  /** Attempts beyond the first: retries, and runs again after a worker died. */
  retried = 0
  deaths = 0
  /** Failed items by the name and message of their error. */
  readonly kinds = new Map<string, number>()
  /** Execution times of those that succeeded: milliseconds in all, and how many. */
  busyMs = 0

  get done(): number {
    return this.ok + this.failed
  }

  succeeded(ms: number): void {
    this.ok++
    this.busyMs += ms
  }

  failedWith(_item: Item, error: unknown): void {
    this.failed++
    const kind = kindOf(error)
    // The messages of a million items may all be different; what is rare is counted together.
    const key = this.kinds.has(kind) || this.kinds.size < 100 ? kind : 'other'
    this.kinds.set(key, (this.kinds.get(key) ?? 0) + 1)
  }
}

function kindOf(error: unknown): string {
  const { name, status, statusCode } = (error ?? {}) as {
    name?: unknown
    status?: unknown
    statusCode?: unknown
  }
  const code = status ?? statusCode
  if (typeof code === 'number') return `HTTP ${code}`
  return typeof name === 'string' && name !== '' ? name : 'Error'
}
