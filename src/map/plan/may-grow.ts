import { cores } from '../../workers/cores.js'
import type { Settings } from '../options/options.js'
import { WORKER_BYTES } from './costs.js'
import { availableMemory, isMemoryShort } from './memory.js'

/** One that may not be needed leaves room for so many that are. */
const ROOM = 4 * WORKER_BYTES

/** Whether there may be a second process, by what is known before anything runs. */
export function mayGrow(
  { on = 'auto', workers = Infinity, concurrency = Infinity, isolate = true }: Partial<Settings>,
  items = Infinity,
): boolean {
  // Where threads will do, they cost less than processes that are there already.
  const inProcesses = on === 'processes' || (on === 'auto' && isolate)
  const most = inProcesses ? Math.min(workers, concurrency, items) : 1
  return most > 1 && cores() > 1 && !isMemoryShort() && availableMemory() > ROOM
}
