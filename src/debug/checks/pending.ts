import type { Scope } from '../../core/index.js'
import { roots } from '../../core/internal.js'
import { withDescendants } from '../graph.js'
import { at, report, reportAll } from '../report.js'
import { showFrame, snapshotOf, type TaskInfo } from '../snapshot.js'

/** Reports what is still there when the process ends. */
export function reportPending(scopes: Iterable<Scope>, opened: (scope: Scope) => string | undefined): void {
  const groups = new Map<string, TaskInfo[]>()
  for (const task of snapshotOf(withDescendants(roots)).tasks) {
    const key = `${task.name} ${stateOf(task, '')}`.replace(/\d+/g, '0')
    groups.set(key, [...(groups.get(key) ?? []), task])
  }
  for (const group of groups.values())
    report(`${whoIs(group)} still pending at exit${stateOf(group[0]!, group.length > 1 ? 'each' : 'it')}`)
  reportAll(
    [...scopes].flatMap(scope => {
      const line = opened(scope)
      return line === undefined ? [] : [`scope "${scope.name}" is still open at exit${at('opened', line)}`]
    }),
  )
}

function whoIs(group: readonly TaskInfo[]): string {
  const [first, last] = [group[0]!.name, group.at(-1)!.name]
  if (group.length === 1) return `task "${first}" is`
  return `tasks "${first}"${first === last ? '' : ` … "${last}"`} × ${group.length} are`
}

function stateOf({ waitsOn, spawnedAt, frames }: TaskInfo, who: string): string {
  const spawned = at('spawned', spawnedAt ?? undefined)
  const place = frames[0] === undefined ? '' : ` at ${showFrame(frames[0])}`
  return `${spawned}; ${waitsOn === null ? 'about to go on' : `${who} waits on ${waitsOn}`}${place}`
}
