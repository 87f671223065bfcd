import type { Scope } from '../core/index.js'
import { BadUsage } from '../workers/bad-usage.js'
import type { UserFunction } from '../workers/entry/sink.js'
import type { ErrorRecord } from '../workers/errors/record.js'
import { reviveError } from '../workers/errors/revive.js'
import {
  type CarriedLocals,
  Child,
  type CodeFile,
  carriedLocals,
  codeFile,
  DeathError,
  hostedWorker,
  LoadError,
  processWorker,
  Spare,
  type Surroundings,
  ThreadHost,
  threadWorker,
  type Worker,
  type WorkerEvents,
  type WorkerOptions,
} from '../workers/internal.js'
import { type Bundle, bundle, type FunctionSource, loadProblem } from '../workers/load/index.js'
import type { Source } from './input/source.js'
import { normalise, settle } from './options/normalise.js'
import type { MapOptions, Settings } from './options/options.js'
import { checkRoom, type Kind } from './options/room.js'
import type { Job } from './run/job.js'
import { LocalWorker } from './run/local-worker.js'
import { ENTRY } from './worker-entry.js'

/** A function that is ready to be run, wherever it comes from. */
export interface Prepared {
  /** For people: `check-url.ts`, `[-e]`, or the closure's name. */
  readonly name: string
  readonly isLocal: boolean
  /** What its workers are. */
  readonly kind?: Kind
  /** What is not there that should be, if that has lasted for a while. */
  readonly waiting?: () => string | null
  hire: Job['hire']
  readonly plan?: NonNullable<Job['plan']>
  /** What `hire` takes for the second worker; to be ended where there will be none. */
  readonly spare?: Spare
  /** Called when the file is ours to write, and before anything runs. */
  claim?(file: string): Promise<void>
  /** What is said of the module where it cannot be used. */
  explain(error: unknown): unknown
  /** Back to what was thrown. */
  revive(error: unknown): unknown
  dispose(): void
}

/** A closure, which runs on the caller's event loop. */
export function prepareClosure(fn: UserFunction, given: Partial<Settings>): Prepared {
  if (typeof fn !== 'function')
    throw new BadUsage(
      'map got no function: write a function, or the URL of a module: new URL("./work.js", import.meta.url)',
    )
  if (given.on !== undefined && given.on !== 'auto' && given.on !== 'loop') {
    throw new BadUsage(
      `on: ${given.engine === undefined ? given.on : 'a cluster'}: a closure cannot leave this event loop; pass a module: new URL('./work.js', import.meta.url)`,
    )
  }
  if (given.memory !== undefined) {
    throw new BadUsage(
      "memory: a closure has no process of its own to bound; pass a module: new URL('./work.js', import.meta.url)",
    )
  }
  if (given.workers !== undefined && given.workers > 1) {
    throw new BadUsage(
      `workers: ${given.workers}: a closure has only this event loop; pass a module: new URL('./work.js', import.meta.url)`,
    )
  }
  return {
    name: fn.name || 'the function',
    isLocal: true,
    hire: (events, concurrency, settings, items) => local(fn, events, concurrency, settings, items),
    explain: error => error,
    revive: error => error,
    dispose: () => {},
  }
}

function local(
  fn: UserFunction,
  events: WorkerEvents,
  concurrency: number,
  settings: Settings,
  items: Scope,
): Worker {
  return new LocalWorker(fn, items, concurrency, settings.timeout ?? Infinity, events, settings.shared)
}

/** What workers are made of: processes, threads of this one, or threads of a child of this one. */
export type Place = 'processes' | 'threads' | 'hosted threads'

/** A module, or code: it runs in child processes, unless threads are asked for. */
export async function prepareModule(
  source: FunctionSource,
  encode: 'json' | 'clone',
  { place = 'processes', output, log, mayGrow = false, ...given }: ModuleParts = {},
): Promise<Prepared> {
  // The first worker's process starts while the module is being bundled.
  const first = place === 'processes' ? (given.first ?? new Child(ENTRY)) : undefined
  const host = place === 'hosted threads' ? new ThreadHost() : undefined
  host?.start()
  // Those of the task that maps; later there may be another one.
  const locals = carriedLocals()
  try {
    const made = await bundle(source)
    const spare = first !== undefined && mayGrow ? new Spare(ENTRY) : undefined
    spare?.start()
    return prepareBundle(made, { encode, place, output, log, locals, first, spare, host })
  } catch (error) {
    first?.kill()
    host?.end()
    throw error
  }
}

interface ModuleParts extends Pick<BundleParts, 'place' | 'output' | 'log' | 'first'> {
  /** It may come to a second process: that one starts beside the first, and only then loads the module. */
  readonly mayGrow?: boolean
}

export interface BundleParts {
  /** What a worker runs; one for inputs and their context unless given. */
  readonly entry?: URL
  readonly encode: 'json' | 'clone'
  readonly place?: Place
  readonly output?: ((chunk: Buffer) => void) | undefined
  /** Takes what an item logs, by the id of its call. */
  readonly log?: ((text: string, id: number) => void) | undefined
  /** Takes how far an item says to be, by the id of its call. */
  readonly progress?: ((id: number, value: unknown) => void) | undefined
  readonly locals?: CarriedLocals | undefined
  /** A process that has been started before saves its start. */
  readonly first?: Child | undefined
  /** One more, for the worker after that. */
  readonly spare?: Spare | undefined
  readonly host?: ThreadHost | undefined
  readonly surroundings?: Surroundings | undefined
  /** The module, where it lies on disk already. */
  readonly file?: CodeFile | undefined
}

/** A module that has been made one piece already. */
export function prepareBundle(
  made: Bundle,
  {
    entry = ENTRY,
    encode,
    place = 'processes',
    output,
    log,
    progress,
    locals,
    surroundings,
    spare,
    ...started
  }: BundleParts,
): Prepared {
  // The file is made when there is a worker, who takes it away should this process be killed.
  let { first, host, file } = started
  return {
    name: made.name,
    isLocal: false,
    kind: place === 'processes' ? 'process' : 'thread',
    ...(spare && { spare }),
    hire: (events, concurrency, { timeout, memory, shared }, _items, inThread) => {
      const inHost = place === 'hosted threads' || (inThread && place === 'processes')
      const child = inHost ? undefined : first
      if (!inHost) first = undefined
      file ??= codeFile(made.code, surroundings?.as)
      const options: WorkerOptions = {
        entry,
        code: file.url,
        exportName: made.exportName,
        concurrency,
        encode,
        ...(timeout !== undefined && { timeout }),
        ...(locals && { locals }),
        ...(memory !== undefined && { memory }),
        ...(shared && { shared }),
      }
      const heard: WorkerEvents = {
        ...events,
        log: (id, text) => (log ?? toStandardError)(text, id),
        ...(progress && { progress }),
        ...(output && { output }),
      }
      if (inHost) {
        host ??= new ThreadHost(surroundings)
        return hostedWorker(options, heard, host)
      }
      if (place === 'threads') return threadWorker(options, heard)
      return processWorker(options, heard, child ?? spare?.take() ?? new Child(entry, surroundings))
    },
    explain: error => {
      if (error instanceof LoadError) return loadProblem(made, error)
      return error instanceof DeathError ? deathProblem(made, error) : error
    },
    revive: error => (isRecord(error) ? reviveError(error) : error),
    dispose: () => {
      first?.kill()
      spare?.end()
      host?.end()
      file?.remove()
    },
  }
}

/** It did not come as far as to say what is wrong. */
function deathProblem({ name }: Bundle, { message }: DeathError): BadUsage {
  return new BadUsage(`${name} cannot be loaded: ${message} in its top level or its setup()`)
}

function toStandardError(text: string): void {
  process.stderr.write(`${text}\n`)
}

function isRecord(error: unknown): error is ErrorRecord {
  return typeof error === 'object' && error !== null && !(error instanceof Error)
}

/** The job of running it over these inputs. */
export function jobOf(
  prepared: Prepared,
  source: Source,
  outlet: Job['outlet'],
  given: Partial<Settings>,
): Job {
  return {
    source,
    outlet,
    isLocal: prepared.isLocal,
    hire: prepared.hire,
    ...(prepared.plan && { plan: prepared.plan }),
    ...(prepared.spare && { spare: prepared.spare }),
    explain: prepared.explain,
    settle: loaded => {
      const settings = settle(moduleOptions(loaded?.options), given)
      if (prepared.kind !== undefined) checkRoom(settings, prepared.kind)
      return settings
    },
  }
}

function moduleOptions(options: unknown): Partial<Settings> {
  if (options === undefined) return {}
  try {
    const given = normalise(options as MapOptions)
    // The first worker is there by now, and is what it is.
    if (given.on === 'threads') throw new BadUsage("on: threads: pass it to map(), as { on: 'threads' }")
    return given
  } catch (error) {
    throw error instanceof BadUsage ? new BadUsage(`the module's export options: ${error.message}`) : error
  }
}
