const NOBODY = -1
const BEAT = 100

/**
 * Who holds the event loop, in memory that outlives a blocked one: the watcher's thread reads it. Plain stores, no
 * atomics: they cost a nanosecond, and a stale read is looked at again a quarter of a second later.
 */
export class Held {
  readonly memory = new SharedArrayBuffer(24)
  private readonly ids = new Float64Array(this.memory, 0, 2).fill(NOBODY)
  private readonly beats = new Int32Array(this.memory, 16, 1)

  /** Calls that have begun. */
  begun = 0

  /** The call whose synchronous part begins. */
  take(id: number): void {
    this.begun++
    this.ids[0] = id
  }

  release(): void {
    this.ids[0] = NOBODY
  }

  /** The one call that has begun and not ended, where there is but one: then it can be nobody else. */
  setSole(id: number = NOBODY): void {
    this.ids[1] = id
  }

  get current(): number | undefined {
    const [holder, sole] = this.ids
    if (holder !== NOBODY) return holder
    return sole === NOBODY ? undefined : sole
  }

  /** Shows from now on that the event loop turns. */
  beat(): void {
    setInterval(() => {
      this.beats[0]!++
    }, BEAT).unref()
  }
}
