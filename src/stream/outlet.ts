import { type Co, co, type Task } from '../core/index.js'
import { type Coroutine, machine, Operation, type TaskImpl } from '../core/internal.js'
import { Bell } from './bell.js'
import { closed } from './errors.js'
import { END, type Flow, next } from './flow.js'
import type { Line } from './line.js'
import { reading } from './reading.js'

type Result<T> = IteratorResult<T, undefined>

/** Whoever wants the next item. */
interface Asker<T> {
  grant(result: Result<T>): void
  reject(error: unknown): void
}

/** Where the items of a stream are asked for one by one. Whoever reads it reads what was asked for, and no more. */
export class Outlet<T> {
  private readonly askers = new Set<Asker<T>>()
  /** Rung when somebody asks. */
  private readonly bell: Bell
  /** The task that reads. */
  server: TaskImpl | null = null
  /** Whoever asked for it was cancelled meanwhile. */
  private held: Result<T> | null = null
  private failure: { readonly error: unknown } | null = null
  private hasEnded = false
  private isClosed = false

  // Whoever reads on behalf of others is no deadlock by itself: nobody may want another item.
  constructor(bell = new Bell('somebody to ask for an item', () => null)) {
    this.bell = bell
  }

  next(): Co<Result<T>> {
    return new Ask(this)
  }

  promise(): Promise<Result<T>> {
    return new Promise((grant, reject) => {
      const result = this.ask({ grant, reject })
      if (result !== null) grant(result)
    })
  }

  /** What the task that reads runs. */
  serve(open: (line: Line) => Flow<T>): Co<void> {
    return serving(this, open)
  }

  /** Breaks the reading off, and waits until everything is closed. */
  close(task: Task<void>): Co<void> {
    return closing(this, task)
  }

  /** The result that is there now; otherwise the asker gets the next one. */
  ask(asker: Asker<T>): Result<T> | null {
    const { held } = this
    if (held !== null) {
      this.held = null
      return held
    }
    this.throwFailure()
    if (this.hasEnded) return { done: true, value: undefined }
    if (this.isClosed) throw closed()
    this.askers.add(asker)
    this.bell.ring()
    return null
  }

  withdraw(asker: Asker<T>): void {
    this.askers.delete(asker)
  }

  // --- for the task that reads ---------------------------------------------------------------------------------

  get isAsked(): boolean {
    return this.askers.size > 0
  }

  give(item: T): void {
    const result: Result<T> = { done: false, value: item }
    const asker = this.first()
    if (asker === undefined) this.held = result
    else asker.grant(result)
  }

  *asked(): Coroutine<void> {
    while (!this.isAsked) yield* this.bell.wait()
  }

  *answer(flow: Flow<T>): Coroutine<void> {
    for (;;) {
      yield* this.asked()
      const item = yield* next(flow)
      if (item === END) break
      this.give(item)
    }
    this.hasEnded = true
  }

  end(): void {
    this.hasEnded = true
    this.finish()
  }

  fail(error: unknown): void {
    this.failure = { error }
    this.hasEnded = true
  }

  /** Nothing more will come: whoever still asks hears why. */
  finish(): void {
    this.isClosed = true
    for (let asker = this.first(); asker !== undefined; asker = this.first()) {
      try {
        asker.grant(this.ask(asker)!)
      } catch (error) {
        asker.reject(error)
      }
    }
  }

  throwFailure(): void {
    const { failure } = this
    this.failure = null
    if (failure !== null) throw failure.error
  }

  private first(): Asker<T> | undefined {
    for (const asker of this.askers) {
      this.askers.delete(asker)
      return asker
    }
    return undefined
  }
}

const serving = co(function* <T>(outlet: Outlet<T>, open: (line: Line) => Flow<T>): Coroutine<void> {
  outlet.server = machine.task
  try {
    yield* outlet.asked()
    yield* reading('stream', open, flow => outlet.answer(flow))
  } catch (error) {
    outlet.fail(error)
  } finally {
    outlet.finish()
  }
})

const closing = co(function* <T>(outlet: Outlet<T>, task: Task<void>): Coroutine<void> {
  task.cancel('the stream was closed')
  const exit = yield* task.settled()
  if (exit.status === 'failed') throw exit.error
  outlet.throwFailure()
})

class Ask<T> extends Operation<Result<T>> {
  private readonly outlet: Outlet<T>

  constructor(outlet: Outlet<T>) {
    super()
    this.outlet = outlet
  }

  begin(): boolean {
    const result = this.outlet.ask(this)
    if (result !== null) this.value = result
    return result !== null
  }

  withdraw(): boolean {
    this.outlet.withdraw(this)
    return true
  }

  override heldBy(): readonly TaskImpl[] {
    const { server } = this.outlet
    return server === null ? [] : [server]
  }

  describe(): string {
    return 'an item of a stream'
  }
}
