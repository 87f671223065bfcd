import type { TaskImpl } from '../../core/internal.js'
import { withDescendants } from '../../debug/graph.js'
import { snapshotOf } from '../../debug/snapshot.js'
import type { Tasks } from '../wire.js'

/** Of each call that is a coroutine, its task and all below it. */
export function tasksOf(calls: readonly (readonly [id: number, task: TaskImpl])[]): Tasks['calls'] {
  return calls.map(([id, task]) => [id, snapshotOf(withDescendants([task]))])
}
