import type { Redis } from 'ioredis'

/** What is sent to Redis in one turn of the loop goes in one write: a write for each job takes longer than all else of it. */
export class OneWrite {
  private readonly redis: Redis
  private isHeld = false

  constructor(redis: Redis) {
    this.redis = redis
  }

  /** Until the turn is over. */
  hold(): void {
    if (this.isHeld) return
    this.isHeld = true
    // It is another one after a reconnect.
    const { stream } = this.redis
    stream.cork()
    setImmediate(() => {
      this.isHeld = false
      stream.uncork()
    })
  }
}
