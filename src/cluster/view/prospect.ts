import { hostname } from 'node:os'
import type { Choice } from '../../map/plan/choose.js'
import type { Measured } from '../../map/plan/measure.js'
import type { Plan } from '../../map/plan/plan.js'
import { chunkSize } from '../coordinator/chunk-size.js'
import type { Picture } from './look.js'

/** A machine has the code, its workers have begun, and the first results are on their way. */
const START_MS = 500
/** A chunk: published, taken, ended, and its part of the messages with results. */
const CHUNK_MS = 0.5
/** An item as a part of a chunk, through the coordinator, which is one process. */
const ITEM_MS = 0.01
/** What an adaptive limit is taken to reach on one machine. */
const LIKELY_CONCURRENCY = 128
/** The last results come home a little later than they are there. */
const GATHER_MS = 20

/** What the machines that are there would make of a run. */
export interface Prospect {
  readonly plan: Plan
  readonly predictedMs: number
  /** Machines of this very host: their cores are the same. */
  readonly here: number
}

/** Null where there is no machine. */
export function prospect(picture: Picture, measured: Measured, choice: Choice): Prospect | null {
  const machines = picture.machines.filter(({ silentMs }) => silentMs === null)
  if (machines.length === 0) return null
  // Supervisors of one host share its cores.
  const hosts = new Map<string, number>()
  for (const { host, cores } of machines) hosts.set(host, Math.max(cores, hosts.get(host) ?? 0))
  const cores = [...hosts.values()].reduce((sum, one) => sum + one, 0)
  const { nature } = choice.classified
  const overlaps = nature === 'waits' || nature === 'pool' || nature === 'mixed'
  const slots = machines.reduce((sum, one) => sum + one.cores, 0)
  const atOnce = overlaps ? machines.length * LIKELY_CONCURRENCY : nature === 'blocks' ? slots : cores
  const { items } = choice
  const { wallMs, activeMs, cpuMs } = measured
  const alone = nature === 'pool' ? 0 : (items * wallMs) / Math.min(items, atOnce)
  const loops = (items * activeMs) / (nature === 'blocks' ? slots : cores)
  const processors = nature === 'pool' || nature === 'mixed' ? (items * cpuMs) / cores : 0
  const work = Math.max(alone, loops, processors)
  const batch = Math.min(chunkSize((1000 * items) / work, slots, Infinity), Math.ceil(items / slots))
  const talking = Math.max(items * ITEM_MS, (items / batch) * CHUNK_MS)
  return {
    plan: {
      executor: 'cluster',
      workers: machines.length,
      concurrency: Math.max(slots, overlaps ? atOnce : 0) / machines.length,
      batch,
      isAdaptive: true,
    },
    predictedMs: START_MS + Math.max(work, talking) + GATHER_MS,
    here: machines.filter(({ host }) => host === hostname()).length,
  }
}
