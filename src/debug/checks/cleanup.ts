import type { TaskImpl } from '../../core/internal.js'
import { scopesOf } from '../graph.js'
import { at, report } from '../report.js'
import { showFrame, snapshotOf } from '../snapshot.js'

const DEFERRED = 3
const LONGEST_TIMER = 2 ** 31 - 1

/** Reports cleanup that lasts. Looked at from time to time, so that it costs nothing as things happen. */
export function watchCleanup(
  slowCleanup: number,
  tasks: () => Iterable<TaskImpl>,
  spawned: (task: TaskImpl) => string | undefined,
): () => void {
  const since = new WeakMap<TaskImpl, number>()
  const timer: unknown = setInterval(
    () => {
      const now = performance.now()
      for (const task of tasks()) {
        const begun = since.get(task)
        if (!isCleaningUp(task) || task.waiting === task.scope) since.delete(task)
        else if (begun === undefined) since.set(task, now)
        else if (now - begun >= slowCleanup) {
          since.set(task, Infinity)
          report(
            `the cleanup of "${task.name}" #${task.id} runs for more than ${slowCleanup / 1000} seconds${at('spawned', spawned(task))}; ${waitOf(task)}`,
          )
        }
      }
    },
    Math.min(Math.max(5, slowCleanup / 10), LONGEST_TIMER),
  )
  ;(timer as { unref?(): void }).unref?.()
  return () => clearInterval(timer as number)
}

function waitOf(task: TaskImpl): string {
  const { waitsOn, frames } = snapshotOf([task]).tasks[0]!
  const place = frames[0] === undefined ? '' : ` at ${showFrame(frames[0])}`
  return waitsOn === null ? 'about to go on' : `it waits on ${waitsOn}${place}`
}

function isCleaningUp(task: TaskImpl): boolean {
  return task.unwind !== null || scopesOf(task).some(scope => scope.stage === DEFERRED)
}
