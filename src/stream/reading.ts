import { type Co, type Scope, scope } from '../core/index.js'
import type { Coroutine } from '../core/internal.js'
import type { Flow } from './flow.js'
import { Line } from './line.js'

/** Reads a stream from end to end in a scope of its own: whatever ends it, tasks and sources of the stream end with it. */
export function reading<T, R>(
  name: string,
  open: (line: Line) => Flow<T>,
  read: (flow: Flow<T>, line: Line) => Coroutine<R>,
): Co<R> {
  const body = function* (home: Scope): Coroutine<R> {
    const line = new Line(home)
    home.defer(() => line.close())
    return yield* read(open(line), line)
  }
  return scope(body, { name })
}
