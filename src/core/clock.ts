/** Where tasks get the time from. `run(body, { clock })` gives a tree of tasks another one. */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes back. */
  now(): number
  /** Calls `fire` once when `at` has come, instead of what was armed before. */
  arm(at: number, fire: () => void): void
  /** Nothing is waited for any more. */
  disarm(): void
  /**
   * How much later than asked for a deadline is looked at, in milliseconds, so that an operation that falls due at
   * the same moment is granted first. A clock that stands still between events needs none.
   */
  readonly resolution: number
}

const LONGEST_NATIVE_MS = 2 ** 31 - 1

class MonotonicClock implements Clock {
  readonly resolution = 1
  private native: ReturnType<typeof setTimeout> | undefined
  private at = Infinity
  private fire: (() => void) | undefined

  now(): number {
    return performance.now()
  }

  arm(at: number, fire: () => void): void {
    this.fire = fire
    // One that fires too early does no harm, and is armed again.
    if (this.native !== undefined && this.at <= at) {
      ref(this.native, true)
      return
    }
    clearTimeout(this.native)
    this.at = at
    this.native = setTimeout(this.fired, Math.min(Math.ceil(at - performance.now()), LONGEST_NATIVE_MS))
  }

  disarm(): void {
    // Starting a native timer is dear, so it stays, and keeps no process alive.
    if (!ref(this.native, false)) {
      clearTimeout(this.native)
      this.native = undefined
    }
    this.fire = undefined
  }

  private readonly fired = (): void => {
    this.native = undefined
    this.at = Infinity
    this.fire?.()
  }
}

/** Whether the native timer knows about keeping a process alive. */
function ref(native: ReturnType<typeof setTimeout> | undefined, alive: boolean): boolean {
  if (typeof native !== 'object') return false
  if (alive) native.ref()
  else native.unref()
  return true
}

export const monotonic: Clock = new MonotonicClock()
