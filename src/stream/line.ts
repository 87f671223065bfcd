import { type Co, checkpoint, currentTask, type Scope, scope, shield, type Task } from '../core/index.js'
import { CoFrame, type Coroutine } from '../core/internal.js'

const LOST = { name: 'a task that was cancelled', daemon: true }

/**
 * What belongs to a run of a stream, or to a part of one that may end earlier: its sources, and the tasks that read
 * ahead. Closing goes from the consumer to the sources, each waited for.
 */
export class Line {
  readonly scope: Scope
  private readonly closers = new Set<() => unknown>()
  /** Takes it out of the line that it is a part of. */
  private leave: (() => void) | null = null

  private isClosed = false

  constructor(home: Scope) {
    this.scope = home
  }

  /** Calls `closer` when this part is broken off; the answer takes it back. */
  onClose(closer: () => unknown): () => void {
    this.closers.add(closer)
    return () => void this.closers.delete(closer)
  }

  /**
   * A part that can be closed by itself. What a task reads belongs to a part that was there before the task: so the
   * task ends first, also where it has opened sources since.
   */
  fork(): Line {
    const part = new Line(this.scope)
    part.leave = this.onClose(() => part.close())
    return part
  }

  /** The part has come to its end by itself. */
  done(): void {
    this.leave?.()
  }

  /** A task of this part; where it fails, or is cancelled by itself, the whole run fails. */
  spawn<T>(body: Coroutine<T>, name: string): Task<T> {
    const task = this.scope.spawn(new CoFrame(this.guarded(body)), { name, daemon: true })
    this.onClose(function* () {
      task.cancel('the stream was closed')
      yield* task.settled()
    })
    return task
  }

  /** A body that somebody counts on: where its task ends before it has, and nobody broke it off, nobody may wait for ever. */
  *guarded<T>(body: Coroutine<T>): Coroutine<T> {
    let isDone = false
    try {
      const value = yield* body
      isDone = true
      return value
    } finally {
      if (!isDone && !this.isClosed) this.scope.spawn(new CoFrame(this.joining(currentTask()!)), LOST)
    }
  }

  private *joining(task: Task<unknown>): Coroutine<void> {
    // Where the run is cancelled or over, it is not told.
    yield* checkpoint()
    if (!this.isClosed) yield* task
  }

  close(): Co<void> {
    const { closers } = this
    this.isClosed = true
    return shield(() =>
      scope(
        function* (home): Coroutine<void> {
          for (const closer of closers) home.defer(closer)
          closers.clear()
        },
        { name: 'closing' },
      ),
    )
  }
}
