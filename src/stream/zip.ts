import { END, type Flow, type Pulled, park, type Taker, WAIT } from './flow.js'
import type { Line } from './line.js'
import { type ItemOf, type Source, streamOf } from './source.js'
import { Stream } from './stream.js'

/**
 * The first item of each source together, then the second of each; as many as the shortest has, then the others are
 * closed. The sources are asked one after the other.
 *
 * @example
 * yield* pipe(zip(['a', 'b'], [1, 2, 3]), toArray()) // [['a', 1], ['b', 2]]
 * @throws UsageError where a source is none.
 */
export function zip<S extends readonly Source<any>[]>(
  ...sources: S
): Stream<{ -readonly [K in keyof S]: ItemOf<S[K]> }> {
  const streams = sources.map(source => streamOf('zip', source))
  return new Stream(line => new ZipFlow(line.fork(), streams) as Flow<any>)
}

class ZipFlow implements Flow<unknown[]>, Taker<void> {
  private readonly line: Line
  private readonly ups: readonly Flow<unknown>[]
  private items: unknown[] = []
  private isOver = false
  private isClosed = false

  constructor(line: Line, streams: readonly Stream<unknown>[]) {
    this.line = line
    this.ups = streams.map(stream => stream.flow(line))
    this.isOver = streams.length === 0
  }

  pull(): Pulled<unknown[]> {
    const { ups, items } = this
    while (!this.isOver && items.length < ups.length) {
      const item = ups[items.length]!.pull()
      if (item === WAIT) return item
      if (item === END) this.isOver = true
      else items.push(item)
    }
    if (this.isClosed) return END
    if (this.isOver) return park(this.line.close(), this)
    this.items = []
    return items
  }

  resume(): void {
    this.isClosed = true
    this.line.done()
  }
}
