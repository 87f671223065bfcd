import type { Elsewhere } from './elsewhere.js'
import { type Snapshot, type SnapshotOptions, showFrame, snapshot, type TaskInfo } from './snapshot.js'

/** Deeper trees are cut: what is indented further is not read. */
const DEEPEST = 40
const MOST_FRAMES = 5

/**
 * The whole tree of tasks as text, for people: what each waits on, and where. Siblings that differ in nothing but
 * their number are folded.
 *
 * @example
 * spawn(() => sleep(10), { name: 'sleeper' })
 * yield* checkpoint()
 * dump().includes('sleeper') // true
 * const all = yield* wait(dump({ workers: true })) // with the tasks inside of workers
 */
export function dump(options?: { readonly workers?: false }): string
export function dump(options: { readonly workers: true }): Promise<string>
export function dump({ workers = false }: SnapshotOptions = {}): string | Promise<string> {
  return workers ? snapshot({ workers }).then(textOf) : textOf(snapshot())
}

/** Of a task, what its siblings may have too. */
interface Block {
  /** What makes it identical to another. */
  readonly key: string
  readonly ids: number[]
  readonly names: string[]
  readonly rest: string
  readonly below: readonly string[]
}

export function textOf({ tasks, scopes, elsewhere = [] }: Snapshot): string {
  const children = new Map<number | null, TaskInfo[]>()
  for (const task of tasks) push(children, task.scope, task)
  const owned = new Map<number, Snapshot['scopes'][number][]>()
  for (const scope of scopes) push(owned, scope.task, scope)
  const remote = new Map<number | null, Elsewhere[]>()
  for (const each of elsewhere) push(remote, each.task, each)

  const below = (task: TaskInfo, depth: number): string[] => {
    const lines: string[] = []
    let indent = ''
    for (const { id, name, outer, cancelled, msLeft } of owned.get(task.id) ?? []) {
      const notes = [
        ...(cancelled ? ['cancelled'] : []),
        ...(msLeft === null ? [] : [`${Math.round(msLeft)} ms left`]),
      ]
      const inside = children.get(id) ?? []
      if (notes.length > 0 || (outer !== null && inside.length > 0)) {
        lines.push(`${indent}scope "${name}"${notes.length > 0 ? `: ${notes.join(', ')}` : ''}`)
        indent += '  '
      }
      lines.push(...list(inside, depth + 1).map(line => indent + line))
    }
    for (const { where, snapshot } of remote.get(task.id) ?? []) {
      if (snapshot === null) lines.push(`in ${where}, which does not answer`)
      else
        lines.push(
          `in ${where}:`,
          ...textOf(snapshot)
            .split('\n')
            .map(line => `  ${line}`),
        )
    }
    return lines
  }

  const list = (siblings: readonly TaskInfo[], depth: number): string[] => {
    if (siblings.length > 0 && depth > DEEPEST) return ['…']
    const blocks = new Map<string, Block>()
    for (const task of siblings) {
      const block = describe(task, below(task, depth))
      const same = blocks.get(block.key)
      if (same === undefined) blocks.set(block.key, block)
      else {
        same.ids.push(task.id)
        same.names.push(task.name)
      }
    }
    return [...blocks.values()].flatMap(block => [headline(block), ...block.below.map(line => `  ${line}`)])
  }

  return tasks.length === 0 ? 'no task' : list(children.get(null) ?? [], 0).join('\n')
}

function describe(task: TaskInfo, below: readonly string[]): Block {
  const state = task.waitsOn === null ? task.state : `waits on ${task.waitsOn}`
  const frames = task.frames.map(showFrame)
  const shown = frames.slice(0, MOST_FRAMES)
  if (frames.length > shown.length) shown.push(`${frames.length - shown.length} more`)
  const rest = [
    `${task.daemon ? 'daemon, ' : ''}${state}`,
    ...(shown.length > 0 ? [`at ${shown.join(' ← ')}`] : []),
    ...(task.spawnedAt === null ? [] : [`spawned at ${task.spawnedAt}`]),
  ].join('; ')
  const key = [task.name.replace(/\d+/g, '0'), rest, ...below].join('\n').replace(/#\d+/g, '#')
  return { key, ids: [task.id], names: [task.name], rest, below }
}

function headline({ ids, names, rest }: Block): string {
  const first = names[0]!
  if (ids.length === 1) return `"${first}" #${ids[0]}: ${rest}`
  const last = names.at(-1)!
  const name = first === last ? `"${first}"` : `"${first}" … "${last}"`
  return `${name} × ${ids.length} #${ids[0]} … #${ids.at(-1)}: ${rest}`
}

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}
