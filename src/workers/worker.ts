import type { Snapshot } from '../debug/index.js'
import type { CarriedLocals } from './carried.js'
import type { Death } from './death.js'
import type { ErrorRecord } from './errors/record.js'
import type { SharedObjects } from './share/shared.js'

/** One execution of one item: what a worker is given. */
export interface Call {
  /** The caller's own number for it; never used twice for one worker at the same time. */
  readonly id: number
  /** The place of the item among the inputs, from 0. */
  readonly index: number
  /** How often this item has been executed, this time included. */
  readonly attempt: number
  readonly input: unknown
}

/** What the other side said about being asked too much. */
export interface Overload {
  /** The status (429, 503) or the code (`ECONNRESET`). */
  readonly code: string | number
  /** How long it asked to be left alone, in milliseconds. */
  readonly retryAfter?: number
}

/** How a call ended. Every call that was sent gets one, unless the worker dies first. */
export type Outcome =
  | {
      readonly id: number
      /** From the item's own start to its end, in milliseconds. */
      readonly ms: number
      /** Executions in all, where the worker has run it more often than it was asked to. */
      readonly attempt?: number
      readonly ok: true
      /** With `encode: 'json'` its JSON text, else the value itself. */
      readonly value: unknown
      readonly overload?: Overload
    }
  | {
      readonly id: number
      readonly ms: number
      readonly attempt?: number
      readonly ok: false
      /** What the entry made of what was thrown, an `ErrorRecord`; on the caller's own loop what was thrown itself. */
      readonly error: unknown
      /** It was taken back by `cancel`; where it had not started, `ms` is 0. */
      readonly cancelled: boolean
      /** Trying it again would not mend it. */
      readonly isFinal?: boolean
      readonly overload?: Overload
    }

/** What the worker has used up to now. All but `at` and `rss` only ever grow. */
export interface Usage {
  /** Milliseconds since the worker's process began. */
  readonly at: number
  /** Milliseconds that its event loop was busy, and was idle. */
  readonly active: number
  readonly idle: number
  /** Milliseconds of processor time of the whole process, system time included. */
  readonly cpu: number
  /** Milliseconds that threads of the process could have run and had no core; 0 where the system does not tell. */
  readonly queued: number
  /** Of these, the thread of the event loop, where it is that of the process. */
  readonly loopQueued: number
  /** Resident memory in bytes, at most 100 ms old. */
  readonly rss: number
  /** Calls that have begun. */
  readonly begun: number
}

/** What a worker tells. Nothing is told before `ready` has settled, but for `exit` and `output`. */
export interface WorkerEvents {
  outcomes(list: Outcome[], usage: Usage): void
  /** The process is gone. Called exactly once, and nothing is told after it. */
  exit(death: Death): void
  /** `log(…)` of an item, one text. */
  log?(id: number, text: string): void
  /** `progress(…)` of an item. */
  progress?(id: number, value: unknown): void
  /** What the process wrote to its standard output or error. This process's standard error unless given. */
  output?(chunk: Buffer): void
  /** This call has held the worker's event loop for more than a quarter of a second, and still does. Told once. */
  holds?(id: number): void
  /** After `holds`: the event loop turns again. */
  heard?(): void
}

export interface WorkerOptions {
  /** The file that a process runs: a module that calls `serve` with its encoders. */
  readonly entry: URL
  /** File URL of the module with the function, as one piece of JavaScript. */
  readonly code: string
  /** The export to call; `default` unless given. `*`: the one that the input names, `{ fn, args }`. */
  readonly exportName?: string
  /** How many calls run at once in this worker. */
  readonly concurrency: number
  /** Milliseconds for one attempt, from its own start. No bound unless given. */
  readonly timeout?: number
  /** `json`: values come as JSON text, made by the entry's encoder. `clone`: as structured clones. */
  readonly encode: 'json' | 'clone'
  /**
   * Bytes. A process that is over it when an item has ended is replaced; one that goes past it by a tenth while an item
   * runs is killed. Of a thread it bounds the heap only: Buffers and what native code takes are outside of it.
   */
  readonly memory?: number
  /** Shared objects by name: what `setup` gets, and each call has in its context. */
  readonly shared?: SharedObjects
  /** Task-locals that every coroutine sees. */
  readonly locals?: CarriedLocals
}

/** What is known of a worker once it can be used. */
export interface Loaded {
  /** The module's export `options`, as a structured clone; `undefined` where it has none or it cannot be cloned. */
  readonly options: unknown
  /** Milliseconds that importing the module took, and its `setup()`. */
  readonly loadMs: number
  readonly setupMs: number
  /** What it has used by then. */
  readonly usage: Usage
}

/** One place where calls run, whatever it is made of. Calls are started in the order in which they were sent. */
export interface Worker {
  readonly pid: number
  /** What ends its process ends other workers as well. */
  readonly isHosted?: boolean
  /** Rejects with a `LoadError` where the module cannot be used, with a `DeathError` where the process died. */
  readonly ready: Promise<Loaded>
  /** The calls without an outcome, in the order in which they were sent: at most the first `concurrency` have begun. */
  unfinished(): number[]
  /**
   * May be called before `ready`. An input that cannot be cloned fails its own call, with the path of the culprit.
   *
   * Of tiny calls the outcomes of the last 10 ms are lost where the process dies of a signal, so that it is not the
   * first without an outcome that did it. `careful` calls begin only when the outcomes before them are on their way:
   * 20 µs each, and then it is known.
   */
  send(calls: readonly Call[], careful?: boolean): void
  /** Takes calls back: those that wait are not started, those that run are aborted and unwound. */
  cancel(ids: readonly number[]): void
  /** Takes back what has not begun, where that is far away. Here it is soon done, and goes on. */
  drain?(): void
  /** How many calls run at once from now on; revokes nothing. */
  setConcurrency(concurrency: number): void
  /** Milliseconds for one attempt from now on, for calls that begin from now on; Infinity for no bound. */
  setTimeout(ms: number): void
  /** What it has used, when the worker's event loop has answered; `null` when the worker is gone. Never rejects. */
  ping(): Promise<Usage | null>
  /** The tasks of each call that is a coroutine, when the worker's event loop has answered; `null` when it is gone. */
  tasks?(): Promise<ReadonlyMap<number, Snapshot> | null>
  /** Where a call runs, for people, as far as that is known; in its process unless given. */
  placeOf?(id: number): string
  /**
   * Cancels what still runs, lets `teardown` run, and waits until the process is gone. Takes as long as these take;
   * `kill()` cuts it short. Gives what the entry made of an error that `teardown` threw, else `undefined`.
   */
  end(): Promise<ErrorRecord | undefined>
  /** SIGKILL for the process and all that it started (its process group). */
  kill(): void
}
