import type { Receivable } from '../core/index.js'
import { END, type Flow, type Pulled, park, type Taker } from './flow.js'
import type { Line } from './line.js'

class ReceivableFlow<T> implements Flow<T>, Taker<IteratorResult<T, undefined>> {
  private readonly source: () => Receivable<T>
  private readonly leave: () => void
  private result: IteratorResult<T, undefined> | null = null

  constructor(source: () => Receivable<T>, leave: () => void) {
    this.source = source
    this.leave = leave
  }

  pull(): Pulled<T> {
    const { result } = this
    if (result === null) return park(this.source().next(), this)
    // The last one stays, so that the end is the end for good.
    if (result.done) return END
    this.result = null
    return result.value
  }

  resume(result: IteratorResult<T, undefined>): void {
    this.result = result
    if (result.done) this.leave()
  }
}

export function fromReceivable<T>(line: Line, source: Receivable<T>): Flow<T> {
  return new ReceivableFlow(
    () => source,
    line.onClose(() => source.close()),
  )
}

/** What one receives from when the first item is asked for, and which nobody has to close. */
export function lazily<T>(source: () => Receivable<T>): Flow<T> {
  return new ReceivableFlow(source, () => {})
}
