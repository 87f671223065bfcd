import { type Co, instrument, type Scope, type Task } from '../core/index.js'
import { type Checks, CoFrame, checkDuration, isCo, machine, roots, type TaskImpl } from '../core/internal.js'
import { watchCleanup } from './checks/cleanup.js'
import { reportCut, reportGoingOn, reportSwallowed } from './checks/cuts.js'
import { reportPending } from './checks/pending.js'
import { watchSteps } from './checks/steps.js'
import { hasClosed, reportUnclosed, watchClosing } from './checks/unclosed.js'
import { forgive, isFresh, reportUnused, watchUse } from './checks/unused.js'
import { watchDelegation } from './checks/unwrapped.js'
import { withDescendants } from './graph.js'
import { reportTo } from './report.js'
import { capture, frameOf, lineOf, type Site, siteOf } from './sites.js'

/** From when on something is slow, and who is told. */
export interface DebugOptions {
  /** Milliseconds from which a step is reported; 100 by default. */
  readonly slowStep?: number
  /** Milliseconds from which cleanup is reported; 5000 by default. */
  readonly slowCleanup?: number
  /** Gets the reports instead of `console.error`. A step that still blocks is told of on stderr all the same. */
  readonly report?: (message: string) => void
}

let off: (() => void) | undefined

/**
 * Turns debug mode on, for the whole program and from here on, as `OMAKASE_DEBUG=1` and `run(body, { debug: true })`
 * do. It reports what is wrong, or about to be, with the line at which it was created. Gives the function that
 * turns it off again.
 *
 * @example
 * const reports: string[] = []
 * const off = debugMode({ slowStep: 50, report: message => reports.push(message) })
 * const busy = spawn(() => {
 *   for (const until = performance.now() + 60; performance.now() < until; );
 * })
 * yield* busy
 * off()
 * reports.some(message => message.startsWith('Executing')) // true
 * @throws UsageError for a negative number or NaN.
 */
export function debugMode(options: DebugOptions = {}): () => void {
  return turnOn(options, [])
}

/** `before`: what was made while this was being loaded. */
export function turnOn(options: DebugOptions, before: readonly (readonly [object, Error])[]): () => void {
  const slowStep = checkDuration('debugMode: slowStep', options.slowStep ?? 100)
  const slowCleanup = checkDuration('debugMode: slowCleanup', options.slowCleanup ?? 5000)
  off?.()
  reportTo(options.report)

  /** Where tasks were spawned, and scopes and calls created. */
  const sites = new WeakMap<object, Site>()
  const scopes = new Set<Scope>()
  const spawned = (task: Task<unknown>) => lineOf(siteOfTask(task as TaskImpl))
  function siteOfTask(task: TaskImpl): Site | undefined {
    const site = sites.get(task)
    // One that the runtime has spawned for a scope, such as those of `all`, was asked for where that was made.
    return site === undefined || site.frames.length > 0 || task.parent === null
      ? site
      : sites.get(task.parent)
  }

  const checks: Checks = {
    created(co: Co<unknown>) {
      const site = capture()
      sites.set(co, site)
      watchUse(co, site)
      const { task } = machine
      if (task?.top instanceof CoFrame) reportGoingOn(task.top, task, site)
    },
    handed: forgive,
    cut() {
      const { task } = machine
      reportCut(task?.top instanceof CoFrame ? task.top : null, capture())
    },
    swallowed: reportSwallowed,
    opened: (what, name) => watchClosing(what, name, capture()),
    closed: hasClosed,
    spawnedAt: task => frameOf(siteOfTask(task)),
  }

  const steps = watchSteps(slowStep, spawned)
  const ends = [
    instrument({
      taskSpawned: task => sites.set(task, capture()),
      beforeStep: steps.beforeStep,
      afterStep: steps.afterStep,
      scopeOpened: scope => scopes.add(scope),
      scopeClosed: scope => scopes.delete(scope),
    }),
    steps.stop,
    watchDelegation(),
    watchCleanup(slowCleanup, () => withDescendants(roots), spawned),
    atExit(() => {
      reportPending(scopes, scope => lineOf(sites.get(scope)))
      reportUnused()
      reportUnclosed()
    }),
  ]
  machine.checks = checks
  for (const [made, error] of before) {
    const site = siteOf(error)
    sites.set(made, site)
    if (isCo(made) && isFresh(made)) watchUse(made, site)
  }
  off = () => {
    off = undefined
    machine.checks = null
    for (const end of ends) end()
    reportTo(undefined)
  }
  return off
}

function atExit(fn: () => void): () => void {
  const { process } = globalThis as {
    process?: Record<'on' | 'off', ((event: 'exit', hear: () => void) => unknown) | undefined>
  }
  process?.on?.('exit', fn)
  return () => process?.off?.('exit', fn)
}
