import { wait } from '../core/index.js'
import type { Coroutine } from '../core/internal.js'
import { usage } from './errors.js'
import { END, type Flow, type Pulled, park, type Taker } from './flow.js'
import type { Line } from './line.js'

class AsyncFlow<T> implements Flow<T>, Taker<IteratorResult<T, unknown>> {
  private readonly source: AsyncIterable<T>
  private readonly iterator: AsyncIterator<T, unknown>
  private readonly leave: () => void
  private hasEnded = false
  private result: IteratorResult<T, unknown> | null = null

  constructor(line: Line, source: AsyncIterable<T>) {
    this.source = source
    this.iterator = source[Symbol.asyncIterator]()
    this.leave = line.onClose(() => this.close())
  }

  pull(): Pulled<T> {
    const { result } = this
    if (this.hasEnded) return END
    if (result === null) return park(this.read(), this)
    this.result = null
    if (typeof result !== 'object') {
      this.end()
      throw usage.notAResult(result)
    }
    if (!result.done) return result.value
    this.end()
    return END
  }

  resume(result: IteratorResult<T, unknown>): void {
    this.result = result ?? (undefined as never)
  }

  private *read(): Coroutine<IteratorResult<T, unknown>> {
    try {
      return yield* wait(this.iterator.next())
    } catch (error) {
      this.end()
      throw error
    }
  }

  private end(): void {
    this.hasEnded = true
    this.leave()
  }

  private async close(): Promise<void> {
    this.hasEnded = true
    const { source } = this
    // The iterator of a Node stream hears of its return only after the chunk it waits for; the stream at once.
    if ('destroy' in source && typeof source.destroy === 'function') source.destroy()
    await this.iterator.return?.()
  }
}

export function fromAsyncIterable<T>(line: Line, source: AsyncIterable<T>): Flow<T> {
  return new AsyncFlow(line, source)
}
