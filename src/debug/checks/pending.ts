import type { Scope } from '../../core/index.js'
import { roots, type TaskImpl } from '../../core/internal.js'
import { withDescendants } from '../graph.js'
import { at, reportAll } from '../report.js'

/** Reports what is still there when the process ends. */
export function reportPending(
  spawned: (task: TaskImpl) => string | undefined,
  scopes: Iterable<Scope>,
  opened: (scope: Scope) => string | undefined,
): void {
  reportAll(
    withDescendants(roots).map(
      task =>
        `task "${task.name}" is still pending at exit${at('spawned', spawned(task))}; it waits on ${task.waiting?.describe() ?? 'nothing'}`,
    ),
  )
  reportAll(
    [...scopes].flatMap(scope => {
      const line = opened(scope)
      return line === undefined ? [] : [`scope "${scope.name}" is still open at exit${at('opened', line)}`]
    }),
  )
}
