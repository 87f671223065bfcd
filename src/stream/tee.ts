import type { Coroutine } from '../core/internal.js'
import { Bell } from './bell.js'
import { Branch } from './branch.js'
import { END, type Flow, type Pulled, park, type Taker, WAIT } from './flow.js'
import { checkFunction } from './given.js'
import type { Line } from './line.js'
import type { Sink, Stage } from './pipe.js'
import { Stream } from './stream.js'

/**
 * Gives each item to a sink as well, on its way; the slower of the two sets the pace. When the stream ends or is broken
 * off, the sink comes to its end, too, and is waited for; what it gives is dropped.
 *
 * @example
 * const log: number[] = []
 * yield* pipe([1, 2], tee(forEach(n => log.push(n))), map(n => n * 2), toArray()) // [2, 4]
 * log // [1, 2]
 * @throws UsageError where the sink is no function.
 * @see Python's `itertools.tee`
 */
export function tee<T>(sink: Sink<T, unknown>): Stage<T, T> {
  checkFunction('tee', sink)
  return stream => new Stream(line => new TeeFlow(line, stream, sink))
}

class TeeFlow<T> implements Flow<T>, Taker<void> {
  private readonly line: Line
  private readonly up: Flow<T>
  private readonly sink: Sink<T, unknown>
  private readonly bell = new Bell('the sink of a tee to ask for an item', () => this.branch!.waitedFor)
  private branch: Branch<T, unknown> | null = null
  private leave: () => void = () => {}
  private hasEnded = false

  constructor(line: Line, stream: Stream<T>, sink: Sink<T, unknown>) {
    this.line = line
    this.up = stream.flow(line)
    this.sink = sink
  }

  pull(): Pulled<T> {
    if (this.hasEnded) return END
    const branch = this.branch ?? this.begin()
    if (!branch.isReady) return park(this.bell.wait(), this)
    const item = this.up.pull()
    if (item === WAIT) return item
    if (item !== END) {
      branch.give(item)
      return item
    }
    this.hasEnded = true
    return park(this.join(branch), this)
  }

  resume(): void {}

  private begin(): Branch<T, unknown> {
    const { line } = this
    const branch = new Branch(this.sink, this.bell, body => line.spawn(body, 'tee'))
    this.branch = branch
    // Closed from here before its task is cancelled, where nothing has failed.
    this.leave = line.onClose(() => this.settle(branch))
    return branch
  }

  private *join(branch: Branch<T, unknown>): Coroutine<void> {
    yield* this.settle(branch)
    this.leave()
    yield* branch.task
  }

  private *settle(branch: Branch<T, unknown>): Coroutine<void> {
    branch.end()
    yield* branch.task.settled()
  }
}
