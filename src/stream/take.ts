import { checkNumber } from './errors.js'
import { END, type Flow, type Pulled, park, type Taker, WAIT } from './flow.js'
import type { Line } from './line.js'
import type { Stage } from './pipe.js'
import { Stream } from './stream.js'

/**
 * The first items, so many; then the source is closed. It reads no item more than it gives.
 *
 * @example
 * yield* pipe([1, 2, 3], take(2), toArray()) // [1, 2]
 * @throws UsageError unless `count` is a whole number of 0 or more, or Infinity.
 */
export function take<T>(count: number): Stage<T, T> {
  checkNumber('take', count)
  return stream => new Stream(line => new TakeFlow(line.fork(), stream, count))
}

class TakeFlow<T> implements Flow<T>, Taker<void> {
  private readonly line: Line
  private readonly up: Flow<T> | null
  private left: number
  private hasEnded = false

  constructor(line: Line, stream: Stream<T>, count: number) {
    this.line = line
    this.up = count === 0 ? null : stream.flow(line)
    this.left = count
  }

  pull(): Pulled<T> {
    if (this.hasEnded) return END
    if (this.left === 0) return park(this.line.close(), this)
    const item = this.up!.pull()
    if (item === WAIT) return item
    if (item === END) this.resume()
    else this.left--
    return item
  }

  /** The source is closed, or has ended by itself. */
  resume(): void {
    this.hasEnded = true
    this.line.done()
  }
}
