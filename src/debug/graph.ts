import type { ScopeImpl, TaskImpl } from '../core/internal.js'

/** The tasks that could end what a task waits for. */
export function awaited(task: TaskImpl): readonly TaskImpl[] {
  const { waiting } = task
  if (waiting === null) return []
  const { children } = waiting as Partial<ScopeImpl>
  return [...(children ?? []), ...(waiting.heldBy() ?? [])]
}

/** Whether only another task could end the wait, by itself: a scope's end is not, since its children tell. */
export function isInternal(task: TaskImpl): boolean {
  return task.waiting !== null && task.waiting.heldBy() !== null
}

/** A ring of tasks each of which waits for the next; `null` where there is none among these. */
export function ring(tasks: Iterable<TaskImpl>): TaskImpl[] | null {
  const done = new Set<TaskImpl>()
  for (const start of tasks) {
    // One way through the graph at a time; a branch that was looked at is not looked at again.
    const path: { task: TaskImpl; next: readonly TaskImpl[]; at: number }[] = []
    const onPath = new Map<TaskImpl, number>()
    const visit = (task: TaskImpl): TaskImpl[] | null => {
      const from = onPath.get(task)
      if (from !== undefined) return path.slice(from).map(each => each.task)
      if (done.has(task)) return null
      onPath.set(task, path.length)
      path.push({ task, next: awaited(task), at: 0 })
      return null
    }
    visit(start)
    while (path.length > 0) {
      const top = path.at(-1)!
      const next = top.next[top.at++]
      if (next === undefined) {
        path.pop()
        onPath.delete(top.task)
        done.add(top.task)
      } else {
        const found = visit(next)
        if (found !== null) return found
      }
    }
  }
  return null
}

/** Every task below these, parents before children. */
export function withDescendants(roots: Iterable<TaskImpl>): TaskImpl[] {
  const tasks = [...roots]
  for (let i = 0; i < tasks.length; i++)
    for (const scope of scopesOf(tasks[i]!)) for (const child of scope.children ?? []) tasks.push(child)
  return tasks
}

/** The scopes in which a task stands, outermost first. */
export function scopesOf(task: TaskImpl): ScopeImpl[] {
  const scopes: ScopeImpl[] = []
  for (let scope = task.scope; scope !== null; scope = scope.outer) scopes.unshift(scope)
  return scopes
}

export function rootOf(task: TaskImpl): TaskImpl {
  let root = task
  while (root.parent !== null) root = root.parent.task
  return root
}
