import { spawn } from '../core/index.js'
import { CoFrame, type Coroutine, machine, type TaskImpl } from '../core/internal.js'
import { Bell } from './bell.js'
import { END, type Flow, next, type Pulled, park, type Taker } from './flow.js'
import { type Given, Step } from './given.js'
import type { Line } from './line.js'
import type { Stream } from './stream.js'

export interface Limits {
  /** Calls at once. */
  readonly running: number
  /** Items that have been read and not been taken yet, those in a call included. */
  readonly held: number
  readonly ordered: boolean
  /** Who asks for it: what the tasks are called that have no name of their own. */
  readonly what: string
}

/**
 * Calls of a function side by side. One task reads the items, as far as there is room for them, and starts a task for
 * each; where one fails, the run of the stream fails.
 */
export class ConcurrentFlow<A, B> implements Flow<B>, Taker<void> {
  private readonly line: Line
  private readonly up: Flow<A>
  private readonly step: Step<A, number, B>
  private readonly limits: Limits
  private readonly room = new Bell('room for one more item', () =>
    this.running >= this.limits.running ? this.calls : [this.taker!],
  )
  private readonly ready = new Bell('the result of an item', () => [this.reader!, ...this.calls])
  private readonly results = new Map<number, B>()
  private running = 0
  private held = 0
  /** The place of the result that is taken next, where they are ordered. */
  private place = 0
  private reader: TaskImpl | null = null
  /** The task that takes the results. */
  private taker: TaskImpl | null = null
  private hasEnded = false

  constructor(
    line: Line,
    stream: Stream<A>,
    fn: (item: A, index: number, signal: AbortSignal) => Given<B>,
    limits: Limits,
  ) {
    this.line = line
    this.up = stream.flow(line.fork())
    this.step = new Step(limits.what, fn)
    this.limits = limits
  }

  pull(): Pulled<B> {
    if (this.reader === null) {
      this.taker = machine.task
      this.reader = this.line.spawn(this.read(), `the reader of a ${this.limits.what}`) as TaskImpl
    }
    const place = this.limits.ordered ? this.place : this.first()
    if (this.results.has(place)) {
      const value = this.results.get(place)!
      this.results.delete(place)
      this.place++
      this.held--
      this.room.ring()
      return value
    }
    return this.hasEnded && this.held === 0 ? END : park(this.ready.wait(), this)
  }

  resume(): void {}

  /** The tasks of the calls that have not returned: all that the reader has spawned. */
  private get calls(): readonly TaskImpl[] {
    return [...(this.reader!.own?.children ?? [])]
  }

  private first(): number {
    for (const place of this.results.keys()) return place
    return -1
  }

  private *read(): Coroutine<void> {
    const { step, limits } = this
    const options = { name: step.name }
    step.begin()
    for (let place = 0; ; place++) {
      while (this.running >= limits.running || this.held >= limits.held) yield* this.room.wait()
      const item = yield* next(this.up)
      if (item === END) break
      this.running++
      this.held++
      spawn(new CoFrame(this.line.guarded(this.run(item, place))), options)
    }
    this.hasEnded = true
    this.ready.ring()
  }

  private *run(item: A, place: number): Coroutine<void> {
    const value = yield* this.step.run(item, place)
    this.results.set(place, value)
    this.running--
    this.ready.ring()
    this.room.ring()
  }
}
