import { setTimeout as pause } from 'node:timers/promises'
import type { Worker } from '../../workers/internal.js'
import type { FarTasks } from '../engine/messages.js'

/** How long a worker has to say what it does; whoever asks waits a little longer. */
const PATIENCE_MS = 250

/** The tasks of all calls that these workers run. */
export async function tasksHere(
  workers: Iterable<Worker>,
  idOf: (call: number) => number,
): Promise<FarTasks> {
  const told = await Promise.all([...workers].map(worker => tasksOf(worker, idOf)))
  return told.flat().filter(([id]) => id >= 0)
}

async function tasksOf(worker: Worker, idOf: (call: number) => number): Promise<FarTasks> {
  const found = await Promise.race([worker.tasks?.() ?? null, pause(PATIENCE_MS, null, { ref: false })])
  return [...(found ?? [])].map(([call, snapshot]) => [idOf(call), worker.pid, snapshot])
}
