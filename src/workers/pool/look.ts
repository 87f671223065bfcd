import { setTimeout as pause } from 'node:timers/promises'
import type { Elsewhere } from '../../debug/elsewhere.js'
import type { Lane } from './lane.js'

/** How long a worker has to say what it does. */
const PATIENCE_MS = 500

/** The tasks inside the workers, each on the account of the task that waits for its call. */
export async function lookInto(lanes: readonly Lane[]): Promise<Elsewhere[]> {
  return (await Promise.all(lanes.filter(lane => lane.calls.size > 0).map(look))).flat()
}

async function look({ worker, calls }: Lane): Promise<Elsewhere[]> {
  const asked = new Map(calls.entries())
  const where = worker.pid === process.pid ? 'a thread' : `process ${worker.pid}`
  const late = new AbortController()
  const found = await Promise.race([
    worker.tasks?.() ?? null,
    pause(PATIENCE_MS, null, { signal: late.signal, ref: false }).catch(() => null),
  ])
  late.abort()
  return [...asked].flatMap(([id, call]): Elsewhere[] => {
    const snapshot = found?.get(id) ?? null
    // It has ended meanwhile, or is no coroutine.
    if (found !== null && snapshot === null) return []
    return call.waiter === null
      ? []
      : [{ task: call.waiter.task.id, where: worker.placeOf?.(id) ?? where, snapshot }]
  })
}
