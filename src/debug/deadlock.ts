import { DeadlockError } from '../core/index.js'
import { abandon, ownScope, roots, type TaskImpl } from '../core/internal.js'
import { awaited, isInternal, ring, rootOf, withDescendants } from './graph.js'
import { type Snapshot, showFrame, snapshotOf, type TaskInfo } from './snapshot.js'

const MOST_LINES = 50

/** Those that have failed already: where their cleanup is stuck, too, they are given up. */
const failed = new WeakMap<TaskImpl, DeadlockError>()

/** Nothing is left that could wake anybody: the roots in which a task waits for another one fail. True where there was one. */
export function refuseDeadlocks(): boolean {
  const stuck = new Map<TaskImpl, TaskImpl[]>()
  for (const root of roots) {
    const tasks = withDescendants([root])
    if (tasks.some(isInternal)) stuck.set(root, tasks)
  }
  // Who only waits for the end of a root that fails now is woken by that.
  const first = [...stuck].filter(([root, tasks]) =>
    tasks
      .filter(isInternal)
      .every(task => awaited(task).every(other => rootOf(other) === root || !stuck.has(rootOf(other)))),
  )
  for (const [root, tasks] of first.length > 0 ? first : stuck) refuse(root, tasks)
  return stuck.size > 0
}

function refuse(root: TaskImpl, tasks: readonly TaskImpl[]): void {
  const before = failed.get(root)
  if (before !== undefined) {
    abandon(ownScope(root), () => before)
    return
  }
  const error = new DeadlockError(message(root, tasks))
  // It is thrown from nowhere in the program.
  error.stack = `${error.name}: ${error.message}`
  failed.set(root, error)
  ownScope(root).fail(error, null)
}

function message(root: TaskImpl, tasks: readonly TaskImpl[]): string {
  const all = new Set(tasks)
  // A set that grows while it is walked: what others hold may be held up by others still.
  for (const task of all) for (const other of awaited(task)) all.add(other)
  const circle = ring(all)
  const snapshot = snapshotOf([...all].filter(task => task.waiting !== null))
  const lines = fold(snapshot)
  return [
    `"${root.name}" can never end: nothing is left that could wake ${all.size === 1 ? 'its task' : 'one of these tasks'}`,
    ...lines.slice(0, MOST_LINES),
    ...(lines.length > MOST_LINES ? [`  and ${lines.length - MOST_LINES} more`] : []),
    ...(circle === null ? [] : [`  in a ring: ${namesOf([...circle, circle[0]!]).join(' → ')}`]),
  ].join('\n')
}

/** With their numbers where the names do not tell them apart. */
function namesOf(circle: readonly TaskImpl[]): string[] {
  const isClear = new Set(circle.map(({ name }) => name)).size === new Set(circle).size
  return circle.map(({ id, name }) => (isClear ? `"${name}"` : `"${name}" #${id}`))
}

/** A line a task; those that are identical but for their number share one. */
function fold({ tasks }: Snapshot): string[] {
  const groups = new Map<string, TaskInfo[]>()
  for (const task of tasks) {
    const key = `"${task.name}" ${rest(task)}`
    groups.set(key, [...(groups.get(key) ?? []), task])
  }
  return [...groups.values()].map(group => {
    const first = group[0]!
    const last = group.length === 1 ? '' : ` … #${group.at(-1)!.id}`
    const count = last === '' ? '' : `× ${group.length} `
    return `  "${first.name}" ${count}#${first.id}${last} ${rest(first)}`
  })
}

function rest(task: TaskInfo): string {
  const holder = task.heldBy.length === 1 ? task.heldBy[0] : undefined
  const frame = task.frames[0]
  return [
    `waits on ${task.waitsOn}${holder === undefined ? '' : ` (#${holder})`}`,
    ...(frame === undefined ? [] : [`at ${showFrame(frame)}`]),
    ...(task.spawnedAt === null ? [] : [`spawned at ${task.spawnedAt}`]),
  ].join(', ')
}
