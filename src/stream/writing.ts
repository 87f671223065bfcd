import { wait } from '../core/index.js'
import type { Coroutine } from '../core/internal.js'
import { Bell } from './bell.js'
import { cutOff, usage } from './errors.js'
import { END, type Flow, next } from './flow.js'
import type { Line } from './line.js'

/** A Node stream that is written: structural, so that nothing of Node is needed here. */
export interface NodeWritable {
  write(chunk: any): boolean
  end(): unknown
  destroy(): unknown
  on(event: string, listener: (...args: any[]) => void): unknown
  off(event: string, listener: (...args: any[]) => void): unknown
  readonly writableNeedDrain: boolean
  readonly writableFinished: boolean
  readonly destroyed: boolean
  /** What it was destroyed with. */
  readonly errored: unknown
}

/** A web stream that is written. */
export interface WebWritable<in T> {
  getWriter(): WebWriter<T>
}

interface WebWriter<in T> {
  readonly ready: PromiseLike<unknown>
  write(chunk: T): PromiseLike<void>
  close(): PromiseLike<void>
  abort(reason?: unknown): PromiseLike<void>
  releaseLock(): void
}

/** A stream that is written to, of Node or of the web: structural, so that any implementation will do. */
export type WritableLike<T> = NodeWritable | WebWritable<T>

/** Where items are written to, as fast as they are taken. */
interface Target<in T> {
  /** Gives something to be waited for where it is full. */
  write(item: T): Coroutine<void> | null
  /** Waits until everything has gone out; with `ends`, nothing can be written after it. */
  finish(ends: boolean): Coroutine<void>
  /** Breaks off. */
  abort(): unknown
  release(): void
}

/** Writes all items. Broken off, it destroys the target, unless that is somebody else's to end. */
export function* writeAll<T>(
  flow: Flow<T>,
  line: Pick<Line, 'onClose'>,
  writable: WritableLike<T>,
  ends: boolean,
): Coroutine<void> {
  const target = targetOf(writable)
  const leave = line.onClose(() => (ends ? target.abort() : target.release()))
  for (let item = yield* next(flow); item !== END; item = yield* next(flow)) {
    const full = target.write(item)
    if (full !== null) yield* full
  }
  yield* target.finish(ends)
  leave()
  target.release()
}

function targetOf<T>(writable: WritableLike<T>): Target<T> {
  if (typeof writable === 'object' && writable !== null) {
    if ('getWriter' in writable) return new WebTarget(writable.getWriter())
    if (typeof writable.write === 'function' && typeof writable.on === 'function')
      return new NodeTarget(writable)
  }
  throw usage.notWritable(writable)
}

class NodeTarget implements Target<unknown> {
  private readonly stream: NodeWritable
  private readonly bell = new Bell('a stream to take what is written', () => null)
  private failure: { readonly error: unknown } | null = null
  private readonly listeners: { [event: string]: (...args: any[]) => void }

  constructor(stream: NodeWritable) {
    this.stream = stream
    const ring = () => this.bell.ring()
    const fail = (error: unknown) => {
      this.failure ??= { error }
      ring()
    }
    const close = () => (stream.writableFinished ? ring() : fail(cutOff()))
    this.listeners = { drain: ring, finish: ring, close, error: fail }
    for (const [event, listener] of Object.entries(this.listeners)) stream.on(event, listener)
    // One that was closed before says so no more.
    if (stream.destroyed) fail(stream.errored ?? cutOff())
  }

  write(item: unknown): Coroutine<void> | null {
    return this.stream.write(item) && this.failure === null
      ? null
      : this.until(() => !this.stream.writableNeedDrain)
  }

  *finish(ends: boolean): Coroutine<void> {
    if (ends) this.stream.end()
    yield* this.until(() => !ends || this.stream.writableFinished)
  }

  abort(): void {
    // What it says about that stays heard: an `error` that nobody listens to would end the process.
    this.stream.destroy()
  }

  release(): void {
    for (const [event, listener] of Object.entries(this.listeners)) this.stream.off(event, listener)
  }

  private *until(isDone: () => boolean): Coroutine<void> {
    while (this.failure === null && !isDone()) yield* this.bell.wait()
    if (this.failure !== null) throw this.failure.error
  }
}

class WebTarget<T> implements Target<T> {
  private readonly writer: WebWriter<T>

  constructor(writer: WebWriter<T>) {
    this.writer = writer
  }

  *write(item: T): Coroutine<void> {
    yield* wait(this.writer.ready)
    // Its failure is that of the next `ready`, or of the end.
    this.writer.write(item).then(undefined, () => {})
  }

  *finish(ends: boolean): Coroutine<void> {
    yield* wait(ends ? this.writer.close() : this.writer.ready)
  }

  abort(): PromiseLike<void> {
    return this.writer.abort()
  }

  release(): void {
    this.writer.releaseLock()
  }
}
