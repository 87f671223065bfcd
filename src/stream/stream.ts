import { type Co, type Receivable, run, type Task } from '../core/index.js'
import { currentScope, OPEN } from '../core/internal.js'
import type { Flow } from './flow.js'
import type { Line } from './line.js'
import { Outlet } from './outlet.js'

/**
 * A description of a stream: nothing happens until it is read, and each reading begins anew. Read it with a sink at
 * the end of a `pipe`, with `for await` in async code, or item by item with `open()` in a coroutine.
 */
export class Stream<out T> implements AsyncIterable<T> {
  /** @internal */
  readonly flow: (line: Line) => Flow<T>

  /** @internal */
  constructor(flow: (line: Line) => Flow<T>) {
    this.flow = flow
  }

  /**
   * Opens it for the innermost scope, to be read item by item; nothing is read ahead. An error of the stream is thrown
   * by `next()`. It is closed by `close()`, and at the latest when the scope ends.
   *
   * @example
   * const words = pipe(['one', 'two'], map(word => word.length)).open()
   * const first = yield* words.next() // { done: false, value: 3 }
   * yield* words.close()
   * @throws UsageError outside of a task.
   */
  open(): Reader<T> {
    const home = currentScope('open()', 'write `for await (const item of stream)` in async code')
    const outlet = new Outlet<T>()
    const task = home.spawn(outlet.serve(this.flow), { name: 'stream', daemon: true })
    return { next: () => outlet.next(), close: () => outlet.close(task) }
  }

  /** For `forEach` of the core. */
  [OPEN](): Reader<T> {
    return this.open()
  }

  /** For `for await`: a root task reads it, which breaking off the loop cancels and waits for. */
  [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
    const outlet = new Outlet<T>()
    let task: Task<void> | undefined
    let isOver = false
    const serve = outlet.serve(this.flow)
    const over = { done: true as const, value: undefined }
    return {
      async next() {
        if (isOver) return over
        task ??= run(serve)
        return outlet.promise()
      },
      async return() {
        isOver = true
        if (task !== undefined) await outlet.close(task)
        return over
      },
    }
  }
}

/** A stream that is being read. */
export interface Reader<out T> extends Receivable<T> {
  /** Closes the stream, and waits until its source has been closed. */
  close(): Co<void>
}
