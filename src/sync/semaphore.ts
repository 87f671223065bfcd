import { type Body, type Co, UsageError } from '../core/index.js'
import {
  bodyFrame,
  CoFrame,
  type Coroutine,
  checkCount,
  currentScope,
  Queued,
  WaitQueue,
} from '../core/internal.js'

/**
 * At most `permits` may hold it at once; first come, first served.
 *
 * @example
 * const connections = new Semaphore(10)
 * yield* connections.with(query)
 * @throws UsageError unless `permits` is a whole number of 1 or more.
 */
export class Semaphore {
  private readonly permits: number
  private free: number
  private readonly queue = new WaitQueue<Acquire>()

  constructor(permits: number) {
    this.permits = checkCount('Semaphore', permits)
    this.free = permits
  }

  acquire(): Co<void> {
    return new Acquire(this)
  }

  /** Takes a permit at once, or answers false. */
  tryAcquire(): boolean {
    if (this.free === 0) return false
    this.free--
    return true
  }

  /** Gives a permit back: straight to the longest waiter, where there is one. */
  release(): void {
    const next = this.queue.shift()
    if (next !== null) next.grant(undefined)
    else if (this.free < this.permits) this.free++
    else throw new UsageError('a semaphore was released that nobody holds; release once for each acquire')
  }

  /** Runs the body with a permit. */
  with<T>(body: Body<T>): Co<T> {
    return new CoFrame(this.holding(body))
  }

  private *holding<T>(body: Body<T>): Coroutine<T> {
    yield* this.acquire()
    try {
      return yield* bodyFrame(body, [], currentScope('with()', 'call it in a coroutine'))
    } finally {
      this.release()
    }
  }

  /** @internal */
  enqueue(acquire: Acquire): void {
    this.queue.add(acquire)
  }

  /** @internal */
  dequeue(acquire: Acquire): void {
    this.queue.remove(acquire)
  }
}

class Acquire extends Queued<void> {
  private readonly semaphore: Semaphore

  constructor(semaphore: Semaphore) {
    super()
    this.semaphore = semaphore
  }

  begin(): boolean {
    if (this.semaphore.tryAcquire()) return true
    this.semaphore.enqueue(this)
    return false
  }

  withdraw(): boolean {
    this.semaphore.dequeue(this)
    return true
  }

  describe(): string {
    return 'a semaphore'
  }
}
