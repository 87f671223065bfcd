import type { Co, Task } from '../core/index.js'
import { type Coroutine, machine, type TaskImpl } from '../core/internal.js'
import type { Bell } from './bell.js'
import { Outlet } from './outlet.js'
import type { Sink } from './pipe.js'
import { streamOf } from './source.js'

/** A sink that gets its items from somebody who has others to serve as well. */
export class Branch<T, R> {
  readonly task: Task<R>
  private readonly outlet: Outlet<T>
  /** The sink has had enough. */
  isOver = false

  /** `bell` is rung when the sink asks for an item, and when it has had enough. */
  constructor(sink: Sink<T, R>, bell: Bell, spawn: (body: Coroutine<R>) => Task<R>) {
    this.outlet = new Outlet<T>(bell)
    this.outlet.server = machine.task
    const leave = () => {
      this.isOver = true
      bell.ring()
    }
    const reads = sink(streamOf<T>('a sink', { next: () => this.outlet.next(), close: leave }))
    this.task = spawn(during(reads, leave))
  }

  get isReady(): boolean {
    return this.isOver || this.outlet.isAsked
  }

  give(item: T): void {
    if (!this.isOver) this.outlet.give(item)
  }

  /** Who could make it ready; nobody, where it is. */
  get waitedFor(): readonly TaskImpl[] {
    return this.isReady ? [] : [this.task as TaskImpl]
  }

  end(): void {
    this.outlet.end()
  }
}

function* during<R>(reads: Co<R>, leave: () => void): Coroutine<R> {
  try {
    return yield* reads
  } finally {
    leave()
  }
}
