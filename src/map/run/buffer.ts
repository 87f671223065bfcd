import { CoFrame, type Coroutine } from '../../core/internal.js'
import type { Item } from '../input/source.js'
import type { Outlet } from './outlet.js'
import { Wakeup } from './wakeup.js'

/** Results that wait to be taken; so many, and no new item starts. */
const MOST_WAITING = 1024

/** What became of one input. */
export type Result<I, O> =
  | { readonly index: number; readonly input: I; readonly output: O; readonly error?: never }
  | { readonly index: number; readonly input: I; readonly output?: never; readonly error: unknown }

/** Results of a run for whoever loops over them. */
export class ResultBuffer<I, O> implements Outlet {
  revive: (error: unknown) => unknown = error => error
  private readonly wakeup = new Wakeup()
  private end: { readonly error?: unknown } | null = null
  private results: Result<I, O>[] = []
  private at = 0
  private notifyRoom: () => void = () => {}

  ok({ index, input }: Item, value: unknown): void {
    this.add({ index, input: input as I, output: value as O })
  }

  failed({ index, input }: Item, error: unknown): void {
    this.add({ index, input: input as I, error: this.revive(error) })
  }

  get isFull(): boolean {
    return this.results.length - this.at >= MOST_WAITING
  }

  onRoom(notify: () => void): void {
    this.notifyRoom = notify
  }

  /** Runs what fills the buffer; how it ends is told to whoever takes the results. */
  *following(run: Coroutine<void>): Coroutine<void> {
    let end: { readonly error?: unknown } = {}
    try {
      yield* new CoFrame(run)
    } catch (error) {
      end = { error }
    } finally {
      this.end = end
      this.wakeup.notify()
    }
  }

  /** The next result, where it is there already. */
  ready(): IteratorResult<Result<I, O>, undefined> | undefined {
    const value = this.take()
    return value && { done: false, value }
  }

  *next(): Coroutine<IteratorResult<Result<I, O>, undefined>> {
    for (;;) {
      const result = this.ready()
      if (result !== undefined) return result
      if (this.end !== null) {
        if ('error' in this.end) throw this.end.error
        return { done: true, value: undefined }
      }
      yield* this.wakeup.wait()
    }
  }

  private take(): Result<I, O> | undefined {
    const result = this.results[this.at]
    if (result === undefined) return undefined
    const wasFull = this.isFull
    this.at++
    if (this.at === this.results.length) {
      this.results = []
      this.at = 0
    }
    if (wasFull) this.notifyRoom()
    return result
  }

  private add(result: Result<I, O>): void {
    this.results.push(result)
    this.wakeup.notify()
  }
}
