const NOBODY = -1
const BEAT = 100

/**
 * Who holds the event loop, in memory that outlives a blocked one: the watcher's thread reads it. Plain stores, no
 * atomics: they cost a nanosecond, and a stale read is looked at again a quarter of a second later.
 */
export class Held {
  readonly memory: SharedArrayBuffer
  private readonly ids: Float64Array
  private readonly turns: Int32Array

  /** Calls that have begun. */
  begun = 0

  /** A new one; or what somebody else has made, seen from another thread. */
  constructor(memory?: SharedArrayBuffer) {
    this.memory = memory ?? new SharedArrayBuffer(24)
    this.ids = new Float64Array(this.memory, 0, 2)
    this.turns = new Int32Array(this.memory, 16, 2)
    if (memory === undefined) this.ids.fill(NOBODY)
  }

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

  /** How often the event loop has turned since `beat()`, roughly: it stands still where the loop is held. */
  get beats(): number {
    return this.turns[0]!
  }

  /** From now on the watcher kills the process when it holds more than so many bytes. */
  limit(bytes: number): void {
    this.turns[1] = bytes / 1024
  }

  /** Shows from now on that the event loop turns. */
  beat(): void {
    setInterval(() => {
      this.turns[0]!++
    }, BEAT).unref()
  }
}
