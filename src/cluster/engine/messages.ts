import type { Snapshot } from '../../debug/index.js'
import type { Settings } from '../../map/options/options.js'
import type { ErrorRecord } from '../../workers/errors/record.js'
import type { Overload } from '../../workers/internal.js'
import type { Need } from '../../workers/load/index.js'
import type { Encoding } from './codec.js'

/** What machines must know of a run before they can work for it. */
export interface About {
  /** Of the module, for people. */
  readonly name: string
  readonly exportName: string
  /** Of the code; under it lies the code itself. */
  readonly sha: string
  readonly encode: Encoding
  /** Those that hold on each machine. */
  readonly settings: Partial<Settings>
  /** The code is a command, which is run for each item. */
  readonly command?: { readonly isForShell: boolean }
  /** Items are calls of functions: so many workers on each machine, as many as it has cores unless given. */
  readonly pool?: { readonly workers?: number; readonly concurrency: number }
  /** Task-locals of the task that maps, packed as a clone. */
  readonly locals?: string
  /** Of the omakase that made it. */
  readonly version: string
  /** What each machine has itself. */
  readonly needs: readonly Need[]
  /** Bytes that an output may have. */
  readonly maxSize: number
}

/** Packages that a run takes from the machines, as a coordinator tells of them while it lasts. */
export interface Wanted {
  /** Those that have them take its chunks from there. */
  readonly queue: string
  readonly needs: readonly Need[]
  /** Changes each time. */
  readonly beat: string
}

/** Some items, as one job of the queue. */
export interface Chunk {
  readonly ids: readonly number[]
  readonly indexes: readonly number[]
  readonly attempts: readonly number[]
  readonly inputs: string
  /** Machines have died of it, maybe: it runs on one that runs nothing else. */
  readonly isAlone?: boolean
}

/** The data of a job. */
export interface ChunkJob {
  readonly run: string
  readonly chunk: number
  /** A `Chunk`, sealed. */
  readonly body: string
}

/** What a machine has to tell a coordinator. */
export interface Report {
  /** The machine. */
  readonly by: string
  /** Items that have ended, in columns. */
  readonly ended?: {
    readonly ids: readonly number[]
    readonly ms: readonly number[]
    readonly attempts: readonly number[]
    /** Of those that are not among the errors, in their order. */
    readonly outputs: string
    /** By their place in `ids`. */
    readonly errors: readonly (readonly [place: number, error: ErrorRecord])[]
    /** Those of the errors that no further try would mend, by their place. */
    readonly final?: readonly number[]
    /** Those that were told that they ask too much. */
    readonly overloads?: readonly (readonly [place: number, overload: Overload])[]
  }
  /** Items that it was given and has not begun, or has taken back; where they were cancelled, they have unwound. */
  readonly returned?: readonly number[]
  /** What items have logged. */
  readonly logs?: readonly (readonly [id: number, text: string])[]
  /** How far items are: what they are, and what each says, packed as clones. */
  readonly progress?: { readonly ids: readonly number[]; readonly values: string }
  /** The module is loaded there. */
  readonly loaded?: { readonly options?: unknown; readonly loadMs: number; readonly setupMs: number }
  /** It cannot be used there. */
  readonly unusable?: string
  /** Chunks that were not what the coordinator had published, or whose run could not be verified. */
  readonly refused?: readonly number[]
  /** It does nothing for the run any more, unless it is given another chunk. */
  readonly left?: boolean
  /** What could be worked on at once there, where that has changed. */
  readonly room?: Room
  /** The tasks of the calls that run there, as an answer. */
  readonly tasks?: { readonly n: number; readonly calls: string }
  /** Workers that have died since the last report. */
  readonly deaths?: number
  /** Chunks that it holds and others may have begun before: what of them is left? */
  readonly asked?: readonly Question[]
  /** Chunks that others have by now, though this machine is alive. */
  readonly lost?: readonly Holding[]
}

/** That a machine holds a chunk: under a token that nobody else has, nor itself another time. */
export interface Holding {
  readonly chunk: number
  readonly token: string
}

export interface Question extends Holding {
  /** How often the chunk has lost the machine that held it. */
  readonly times: number
}

/** What a machine could do at once for a run. */
export interface Room {
  /** Workers, each of which could have a chunk. */
  readonly seats: number
  /** Items. */
  readonly slots: number
}

/** What a coordinator has to tell machines at once. */
export type Order =
  /** Which tasks are there? */
  | { readonly t: 'tasks'; readonly n: number }
  /** How far the run has been stopped; also stands in its record. */
  | { readonly t: 'stage'; readonly stage: number }
  | { readonly t: 'cancel'; readonly ids: readonly number[] }
  /** To who has asked: these of the chunk, and no others. */
  | { readonly t: 'left'; readonly token: string; readonly ids: readonly number[] }
  /** Nothing of the run is wanted any more, nor ever again. */
  | { readonly t: 'end' }
  /** An item was told that it is too much, on this machine, which knows. */
  | { readonly t: 'overload'; readonly by: string }

/** What a coordinator has to tell machines that know nothing of its run yet. */
export interface CallUp {
  readonly run: string
  /** Those that should load its function. */
  readonly names: readonly string[]
}

/** A machine, as it tells of itself every second. */
export interface Beat {
  readonly name: string
  readonly host: string
  readonly pid: number
  readonly version: string
  readonly cores: number
  /** Chunks that it has taken and not finished. */
  readonly held: number
  /** Runs that it works for. */
  readonly runs: readonly string[]
  /** Items that have ended on it, and how many in a second now. */
  readonly done: number
  /** By the queue of those that have certain packages: which of them are missing here. */
  readonly lacks: Readonly<Record<string, string>>
  readonly perSecond: number
  /** Items that it could have at once. */
  readonly slots: number
  /** Its worker processes, and the resident memory of all of it in bytes. */
  readonly processes: number
  readonly memory: number
}

/** A run, as its coordinator tells of it every second. */
export interface RunBeat {
  readonly run: string
  /** Of the module, for people. */
  readonly name: string
  readonly host: string
  readonly pid: number
  /** Milliseconds since it began. */
  readonly ms: number
  readonly done: number
  readonly failed: number
  /** Undefined where it cannot be known. */
  readonly total?: number
  readonly perSecond: number
  /** Chunks that are published and have not ended. */
  readonly chunks: number
  /** How far it has been stopped. */
  readonly stage: number
}

/** What a machine packs of the calls that it runs: which it is, in which process, and its tasks. */
export type FarTasks = readonly (readonly [id: number, pid: number, snapshot: Snapshot])[]
