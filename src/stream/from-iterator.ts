import type { Instruction } from '../core/index.js'
import { type Coroutine, IS_CO, YIELDED } from '../core/internal.js'
import { usage } from './errors.js'
import { END, type Flow, type Pulled, park, type Taker, Turn } from './flow.js'
import { isGenerator } from './given.js'
import type { Line } from './line.js'

type Result<T> = IteratorResult<T | Instruction, unknown>
type Items<T> = Iterator<T | Instruction, unknown, any>

/**
 * The items of an iterator. A generator may wait, too: what it answers then is the runtime's own result, and this
 * object stands in for the generator, as what the driver waits for, until it gives an item.
 */
class IteratorFlow<T> implements Flow<T>, Taker<Result<T>>, Iterator<Instruction, Result<T>, any> {
  private readonly turn = new Turn()
  private readonly iterator: Items<T>
  private readonly isGenerator: boolean
  private readonly mayReturn: boolean
  private readonly leave: () => void
  private hasEnded = false
  /** Came while it was waited for. */
  private result: Result<T> | null = null
  /** The generator has asked the runtime for something that nobody has answered yet. */
  private isAsking = false

  constructor(line: Line, iterator: Items<T>, mayReturn: boolean) {
    this.iterator = iterator
    this.isGenerator = isGenerator(iterator)
    this.mayReturn = mayReturn
    this.leave = line.onClose(() => this.close())
  }

  pull(): Pulled<T> {
    let { result } = this
    if (result !== null) this.result = null
    else {
      if (this.hasEnded) return END
      if (this.turn.isOver) return this.turn.rest()
      try {
        result = this.iterator.next()
      } catch (error) {
        this.end()
        throw error
      }
      if (this.asks(result)) return park(this, this)
    }
    return this.opened(result)
  }

  private opened(result: Result<T>): Pulled<T> {
    if (typeof result !== 'object' || result === null) {
      this.end()
      throw usage.notAResult(result)
    }
    const { value } = result
    if (result.done) {
      this.end()
      if (!this.mayReturn && value !== undefined) throw usage.returnedItems(value)
      return END
    }
    if (this.isGenerator && typeof value === 'object' && value !== null && IS_CO in value)
      throw usage.forgottenStar()
    return value as T
  }

  resume(result: Result<T>): void {
    this.result = result
  }

  private end(): void {
    this.hasEnded = true
    this.leave()
  }

  private *close(): Coroutine<void> {
    this.hasEnded = true
    const { iterator } = this
    if (this.asks(iterator.return?.() as Result<T>)) yield* this
  }

  // --- as what is waited for -----------------------------------------------------------------------------------

  private asks(result: Result<T>): boolean {
    this.isAsking = (result as unknown) === YIELDED
    return this.isAsking
  }

  [Symbol.iterator](): this {
    return this
  }

  next(sent?: unknown): IteratorResult<Instruction, Result<T>> {
    if (this.isAsking) {
      this.isAsking = false
      return YIELDED
    }
    return this.answered('next', sent)
  }

  throw(error: unknown): IteratorResult<Instruction, Result<T>> {
    return this.answered('throw', error)
  }

  /** A cancellation. The generator is closed when everything that reads it has ended. */
  return(): IteratorResult<Instruction, Result<T>> {
    return { done: true, value: undefined as never }
  }

  private answered(how: 'next' | 'throw', sent: unknown): IteratorResult<Instruction, Result<T>> {
    try {
      const result = this.iterator[how]!(sent)
      return (result as unknown) === YIELDED ? YIELDED : { done: true, value: result }
    } catch (error) {
      if (!this.hasEnded) this.end()
      throw error
    }
  }
}

export function fromIterator<T>(line: Line, iterator: Items<T>, mayReturn = true): Flow<T> {
  return new IteratorFlow(line, iterator, mayReturn)
}
