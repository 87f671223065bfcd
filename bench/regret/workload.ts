import type { MapOptions } from 'omakase/map'

/** A plan as one fixes it by hand: where, how many workers, how many at once in all, how many in a message. */
export interface Fixed {
  readonly on: 'loop' | 'processes' | 'threads'
  readonly workers: number
  /** Over all workers. */
  readonly concurrency: number
  /** By how long items take, unless given. */
  readonly batch?: number
}

export interface Given {
  /** Of the server, `http://127.0.0.1:1234`; empty where the workload has none. */
  readonly address: string
  /** Rounds of the spinning function that take a millisecond here. */
  readonly perMs: number
}

export interface Workload {
  readonly name: string
  /** For people. */
  readonly job: string
  /** The module with the function. */
  readonly module: URL
  /** Which server it talks to, by the name of its file in servers/. */
  readonly server?: string
  inputs(given: Given): readonly unknown[]
  /** What the options of the run are, whatever its plan. */
  readonly options?: MapOptions
  /** The plans that are tried, the likely best first: the others are cut off soon after its time. */
  readonly plans: readonly Fixed[]
}

export function words({ on, workers, concurrency, batch }: Fixed): string {
  const place = on === 'loop' ? 'loop' : `${workers} ${on}`
  const each = on === 'loop' ? concurrency : Math.round(concurrency / workers)
  return `${place}${each === 1 ? '' : ` × ${each}`}${batch === undefined ? '' : `, ${batch} a message`}`
}
