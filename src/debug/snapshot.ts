import { CoFrame, machine, roots, type ScopeImpl, type TaskImpl } from '../core/internal.js'
import { askElsewhere, type Elsewhere } from './elsewhere.js'
import { awaited, scopesOf, withDescendants } from './graph.js'
import { locate } from './locate.js'
import { isInside, show } from './sites.js'
import { original } from './source-map.js'

/** A call that has not returned. */
export interface FrameInfo {
  /** `null` for a function without a name. */
  readonly name: string | null
  /** `file:line:column` of where it is suspended; `null` where the platform does not tell. */
  readonly at: string | null
}

/** A task that has not ended. */
export interface TaskInfo {
  /** As `task.id`. */
  readonly id: number
  /** As `task.name`. */
  readonly name: string
  /** As `task.state`. */
  readonly state: 'ready' | 'running' | 'waiting'
  /** Whether its scope does not wait for it. */
  readonly daemon: boolean
  /** The scope in which it lives; `null` for a root. */
  readonly scope: number | null
  /** What it waits on, in words. */
  readonly waitsOn: string | null
  /** The tasks that could end the wait: the holder of a lock, the task that is joined, the children of a scope. */
  readonly heldBy: readonly number[]
  /** Its calls, innermost first. */
  readonly frames: readonly FrameInfo[]
  /** Where it was spawned; known in debug mode. */
  readonly spawnedAt: string | null
}

/** A scope that has not ended. */
export interface ScopeInfo {
  /** By which tasks and other scopes speak of it, in this snapshot. */
  readonly id: number
  /** As `scope.name`. */
  readonly name: string
  /** The task that has entered it. */
  readonly task: number
  /** The scope around it in the same task; `null` for the task's own. */
  readonly outer: number | null
  /** Whether a cancellation unwinds it. */
  readonly cancelled: boolean
  /** Milliseconds until its deadline; `null` where it has none. */
  readonly msLeft: number | null
}

/** What there is, as plain data. Lists, not a tree, so that no depth is too deep for `JSON.stringify`. */
export interface Snapshot {
  /** Parents before children. */
  readonly tasks: readonly TaskInfo[]
  /** Scopes that a task has entered. */
  readonly scopes: readonly ScopeInfo[]
  /** The tasks inside workers, where they were asked for. */
  readonly elsewhere?: readonly Elsewhere[]
}

/** What a snapshot reaches. */
export interface SnapshotOptions {
  /** Asks the workers of pools, too: what is given is a promise then. */
  readonly workers?: boolean
}

/**
 * All tasks and scopes of the program, as plain data for `JSON.stringify`.
 *
 * @example
 * spawn(() => sleep(10), { name: 'sleeper' })
 * yield* checkpoint()
 * const waiting = snapshot().tasks.filter(task => task.state === 'waiting')
 * waiting.map(task => task.name) // ['sleeper']
 */
export function snapshot(options?: { readonly workers?: false }): Snapshot
export function snapshot(options: { readonly workers: true }): Promise<Snapshot>
export function snapshot({ workers = false }: SnapshotOptions = {}): Snapshot | Promise<Snapshot> {
  return workers ? withElsewhere() : snapshotOf(withDescendants(roots))
}

async function withElsewhere(): Promise<Snapshot> {
  const elsewhere = await askElsewhere()
  return { ...snapshotOf(withDescendants(roots)), elsewhere }
}

export function snapshotOf(tasks: readonly TaskImpl[]): Snapshot {
  const ids = new Map<ScopeImpl, number>()
  const scopes: ScopeInfo[] = []
  for (const task of tasks) {
    for (const scope of scopesOf(task)) {
      ids.set(scope, ids.size + 1)
      scopes.push({
        id: ids.size,
        name: scope.name,
        task: task.id,
        outer: scope.outer === null ? null : ids.get(scope.outer)!,
        cancelled: scope.cancellation !== null,
        msLeft: scope.deadline === Infinity ? null : scope.deadline - task.timers.clock.now(),
      })
    }
  }
  const frames = framesOf(tasks)
  return {
    scopes,
    tasks: tasks.map((task, nth) => ({
      id: task.id,
      name: task.name,
      state: task.state as TaskInfo['state'],
      daemon: task.isDaemon,
      scope: task.parent === null ? null : (ids.get(task.parent) ?? null),
      waitsOn: task.waiting?.describe() ?? null,
      heldBy: awaited(task).map(each => each.id),
      frames: frames[nth]!,
      spawnedAt: machine.checks?.spawnedAt(task) ?? null,
    })),
  }
}

/** As a stack trace writes it. */
export function showFrame({ name, at }: FrameInfo): string {
  if (name === null) return at!
  return at === null ? name : `${name} (${at})`
}

/** Of each task the user's frames. */
function framesOf(tasks: readonly TaskImpl[]): FrameInfo[][] {
  const stacks = tasks.map(task => {
    const frames: CoFrame<any>[] = []
    for (let frame = task.top; frame !== null; frame = frame.below)
      if (frame instanceof CoFrame && frame.gen !== null) frames.push(frame)
    return frames
  })
  const places = locate(stacks.flat().map(frame => frame.gen!))
  let nth = 0
  return stacks.map(stack =>
    stack.flatMap((frame): FrameInfo[] => {
      const place = places[nth++]!
      const name = frame.name === 'a coroutine' ? null : frame.name
      if (place === null) return name === null ? [] : [{ name, at: null }]
      return isInside(place.file) ? [] : [{ name, at: show(original(place)) }]
    }),
  )
}
