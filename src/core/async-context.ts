import type { TaskImpl } from './task.js'

/** Calls a function in the asynchronous context in which the snapshot was taken. */
type Snapshot = (fn: (task: TaskImpl) => void, task: TaskImpl) => void

interface Storage {
  readonly prototype: Record<'run' | 'enterWith', (...args: unknown[]) => unknown>
  snapshot?(): Snapshot
}

/** Of each task, the context in which it was spawned. Empty until somebody uses Node's AsyncLocalStorage. */
let contexts: WeakMap<TaskImpl, Snapshot> | null = null
/** That of tasks which were there before. */
let before: Snapshot
let take: () => Snapshot

/** Keeps the context for the steps of this task. */
export function keepContext(task: TaskImpl): void {
  contexts?.set(task, take())
}

/** As `step`, in the task's own context where there is one. */
export function inContext(step: (task: TaskImpl) => void): (task: TaskImpl) => void {
  return task => {
    if (contexts === null) step(task)
    else (contexts.get(task) ?? before)(step, task)
  }
}

// Contexts cost more than a spawn and a switch, and most programs have none. So the first use is waited for: the two
// methods with which it begins are replaced until one of them is called.
const { process } = globalThis as { process?: { getBuiltinModule?(name: string): any } }
const hooks = process?.getBuiltinModule?.('node:async_hooks')
const storage: Storage | undefined = hooks?.AsyncLocalStorage
if (typeof storage?.snapshot === 'function') {
  const { prototype } = storage
  const { run, enterWith } = prototype
  const begin = (): void => {
    Object.assign(prototype, { run, enterWith })
    // What `snapshot` makes is a function with properties of its own, which takes ten times as long.
    take = () => {
      const resource = new hooks.AsyncResource('omakase')
      return (fn, task) => resource.runInAsyncScope(fn, undefined, task)
    }
    before = take()
    contexts = new WeakMap()
  }
  for (const method of ['run', 'enterWith'] as const) {
    const original = prototype[method]
    prototype[method] = function (...args) {
      begin()
      return original.apply(this, args)
    }
  }
}
