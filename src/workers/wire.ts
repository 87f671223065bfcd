import type { Snapshot } from '../debug/index.js'
import type { CarriedLocals } from './carried.js'
import type { Column } from './column.js'
import type { ErrorRecord } from './errors/record.js'
import type { LoadProblem } from './load-error.js'
import type { ShareMessage } from './share/link.js'
import type { Loaded, Overload, Usage } from './worker.js'

/** The messages between the two sides. Calls and outcomes travel in columns: a clone then costs 0.1 µs an item. */
export type ToWorker =
  | Load
  | Calls
  | Cancel
  | SetConcurrency
  | SetTimeout
  | Ping
  | AskTasks
  | End
  | ShareMessage
export type FromWorker = Ready | Failed | Outcomes | Log | Progress | Pong | Tasks | Ended | ShareMessage

export interface Load {
  readonly t: 'load'
  readonly code: string
  readonly exportName: string
  readonly concurrency: number
  readonly timeout: number
  readonly encode: 'json' | 'clone'
  /** Bytes of resident memory, of a process. */
  readonly memory?: number
  /** Shared objects by name, marked. */
  readonly shared?: unknown
  /** For every coroutine. */
  readonly locals?: CarriedLocals
  /** The process that started this one; when it is gone, so is the worker. */
  readonly parent: number
}

export interface Calls {
  readonly t: 'calls'
  readonly ids: Column
  readonly indexes: Column
  readonly attempts: Column
  readonly inputs: unknown[]
  /** The places of those in which shared objects are marked. */
  readonly shared?: readonly number[]
  /** Outcomes are passed on before each of them begins. */
  readonly careful?: boolean
}

interface Cancel {
  readonly t: 'cancel'
  readonly ids: readonly number[]
}

interface SetConcurrency {
  readonly t: 'concurrency'
  readonly value: number
}

interface SetTimeout {
  readonly t: 'timeout'
  readonly value: number
}

interface Ping {
  readonly t: 'ping'
  readonly n: number
}

interface AskTasks {
  readonly t: 'tasks'
  readonly n: number
}

interface End {
  readonly t: 'end'
}

interface Ready extends Loaded {
  readonly t: 'ready'
}

interface Failed {
  readonly t: 'failed'
  readonly problem: LoadProblem
}

export interface Outcomes {
  readonly t: 'outcomes'
  readonly ids: Column
  readonly ms: Column
  /** With `json` the texts in one, a line each. A failed one has an empty place. */
  readonly values: string | unknown[]
  readonly remarks: Remark[]
  readonly usage: Usage
  /** Sent by a process that is exiting: the call that holds the event loop. */
  readonly held: number | undefined
}

/** What only few outcomes have. */
export interface Remark {
  /** Its place in the columns. */
  readonly at: number
  readonly failure?: { readonly error: ErrorRecord; readonly cancelled: boolean }
  readonly overload?: Overload
}

interface Log {
  readonly t: 'log'
  readonly id: number
  readonly text: string
}

interface Progress {
  readonly t: 'progress'
  readonly id: number
  readonly value: unknown
}

interface Pong {
  readonly t: 'pong'
  readonly n: number
  readonly usage: Usage
}

/** Of each call that is a coroutine, its tasks. */
export interface Tasks {
  readonly t: 'tasks'
  readonly n: number
  readonly calls: readonly (readonly [id: number, snapshot: Snapshot])[]
}

interface Ended {
  readonly t: 'ended'
  /** It ended of itself, for its process had grown to so many bytes. */
  readonly grown?: number
  readonly error?: ErrorRecord
}
