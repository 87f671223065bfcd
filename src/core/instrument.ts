import { usage } from './errors.js'
import { machine } from './machine.js'
import type { Task } from './task.js'
import type { Scope } from './types.js'

/** What a task waits on. */
export interface Reason {
  /** In words. */
  describe(): string
}

/** Functions that are called as things happen. A task of its own has a scope only once it is needed. */
export interface Instrument {
  /** A task was made; it has not run yet. */
  taskSpawned?(task: Task<unknown>): void
  /** It stands in the run queue. */
  taskScheduled?(task: Task<unknown>): void
  /** It runs until `afterStep`. Steps may be nested: a contestant takes its first step inside another's. */
  beforeStep?(task: Task<unknown>): void
  /** It has suspended, or ended. */
  afterStep?(task: Task<unknown>): void
  /** Told before `afterStep`. */
  taskBlocked?(task: Task<unknown>, reason: Reason): void
  /** It has ended; `task.state` tells how. */
  taskEnded?(task: Task<unknown>): void
  /** A scope was entered. */
  scopeOpened?(scope: Scope): void
  /** Told of each scope that it reaches by itself; not of the scopes inside those. */
  scopeCancelled?(scope: Scope): void
  /** A scope has ended, and everything in it. */
  scopeClosed?(scope: Scope): void
}

export type Hooks = Required<Instrument>
type Hook = (subject: any, reason?: any) => void

const NAMES = [
  'taskSpawned',
  'taskScheduled',
  'beforeStep',
  'afterStep',
  'taskBlocked',
  'taskEnded',
  'scopeOpened',
  'scopeCancelled',
  'scopeClosed',
] as const satisfies readonly (keyof Instrument)[]

/** By hook, the functions of all instruments. Replaced, never changed: a hook may remove its own instrument. */
const lists = Object.fromEntries(NAMES.map(name => [name, [] as readonly Hook[]]))

const hooks = Object.fromEntries(
  NAMES.map(name => [
    name,
    (subject: unknown, reason: unknown) => {
      for (const hook of lists[name]!) {
        try {
          hook(subject, reason)
        } catch (error) {
          remove(name, hook)
          console.error(`the hook ${name} of an instrument threw, and was removed:`, error)
        }
      }
    },
  ]),
) as unknown as Hooks

/**
 * Calls functions as tasks and scopes come, go and wait: for tracing, metrics, dumps. A hook that throws is reported
 * once, on the console, and removed. Gives the function that removes the instrument.
 *
 * @example
 * const log: string[] = []
 * const remove = instrument({ taskEnded: task => log.push(`${task.name} is ${task.state}`) })
 * yield* spawn(() => sleep(1), { name: 'sleeper' })
 * remove()
 * log // ['sleeper is ok']
 * @throws UsageError for a hook that is not known, or is no function.
 * @see trio's `abc.Instrument`
 */
export function instrument(instrument: Instrument): () => void {
  if (typeof instrument !== 'object' || instrument === null)
    throw usage.instead('instrument', instrument, 'an object of hooks: { taskEnded: task => … }')
  for (const [name, hook] of Object.entries(instrument))
    if (typeof hook === 'function' && !(name in lists)) throw usage.notAHook(name, NAMES)
  const mine = NAMES.flatMap((name): [string, Hook][] => {
    const hook: unknown = instrument[name]
    if (hook === undefined) return []
    if (typeof hook !== 'function') throw usage.badHook(name, hook)
    return [[name, hook.bind(instrument)]]
  })
  for (const [name, hook] of mine) lists[name] = [...lists[name]!, hook]
  update()
  return () => {
    for (const [name, hook] of mine) remove(name, hook)
  }
}

function remove(name: string, hook: Hook): void {
  lists[name] = lists[name]!.filter(each => each !== hook)
  update()
}

function update(): void {
  machine.hooks = Object.values(lists).some(list => list.length > 0) ? hooks : null
}
