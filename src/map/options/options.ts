import type { SharedObjects } from '../../workers/share/shared.js'

/** How the library's `map` and the command run a function; each option overrides one choice, the rest stays automatic. */
export interface MapOptions {
  /**
   * How many more times an item that failed is tried: from 100 ms on, doubling, at most 30 s, with full jitter.
   * Default: not at all.
   */
  readonly retries?: number | string
  /**
   * How long one attempt may take, from the item's own start: `'5s'`, or milliseconds. Its error is a `TimeoutError`.
   * Default: as long as it takes.
   */
  readonly timeout?: number | string
  /** Attempts, evenly spaced: `'100/s'`, `'30/m'`, or a number a second. Default: no limit. */
  readonly rate?: number | string
  /** How many items of one host run at once: inputs are URLs, or have one in their field `url`. Default: no limit. */
  readonly perHost?: number | string
  /** How many items run at once, over all workers. Default: found out while it runs. */
  readonly concurrency?: number | string
  /** How many processes or threads. Default: by what the function is seen to do. */
  readonly workers?: number | string
  /** How many items go to a worker in one message. Default: by how long they take. */
  readonly batch?: number | string
  /**
   * Where the function runs: one event loop, processes, or threads of this process. Default: `'auto'`, the faster of the
   * first two. Threads start sooner and take less memory; but what aborts a thread, fills its memory or sends it a
   * signal ends this process too. `'redis://…'`: the machines of the cluster that meets there; `'redis'`: of the one that
   * the environment names in `OMAKASE_REDIS_URL`.
   */
  readonly on?: Exclude<On, 'cluster'> | EngineAddress
  /**
   * `false`: the function may run in threads that share a process, where that is sooner. Say it of code that is known not
   * to end its process, nor to change its folder. Default: `true`.
   */
  readonly isolate?: boolean
  /** Results in the order of the inputs, not as they are completed. Default: `false`. */
  readonly ordered?: boolean
  /** At so many failed items the run stops. Default: it goes on. */
  readonly maxFailures?: number | string
  /** Stops the run. */
  readonly signal?: AbortSignal
  /**
   * Bytes for each worker, or `'512MB'`; no bound unless given. A process that has grown past it is replaced between two
   * items; one that races past it is killed. Of threads it bounds the heap only.
   */
  readonly memory?: number | string
  /** Objects that stay here, by name: `{ seen: share(new Seen()) }`; the function has them as `context.shared`. */
  readonly shared?: SharedObjects
  /** A file for the report: the plan and why, with the samples. A page where it ends in `.html`, else JSON. */
  readonly report?: string
}

/** Where the machines of a cluster meet; `redis` is what `OMAKASE_REDIS_URL` says. */
export type EngineAddress = `${'redis' | 'rediss' | 'redis+unix'}:${string}` | 'redis'

export type On = 'auto' | 'loop' | 'processes' | 'threads' | 'cluster'

/** The options after a check, as numbers: durations in milliseconds, the rate a second. */
export interface Settings {
  readonly retries: number
  readonly timeout?: number
  readonly rate?: number
  readonly perHost?: number
  readonly concurrency?: number
  readonly workers?: number
  readonly batch?: number
  readonly on: On
  /** Of a cluster: the address of its Redis. */
  readonly engine?: string
  readonly isolate?: boolean
  readonly ordered: boolean
  readonly maxFailures?: number
  readonly shared?: SharedObjects
  readonly memory?: number
  readonly signal?: AbortSignal
  readonly report?: string
}
