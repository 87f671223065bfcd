import { Child } from './child.js'
import { RemoteWorker } from './remote-worker.js'
import type { Worker, WorkerEvents, WorkerOptions } from './worker.js'

/**
 * Starts a worker in a process of its own, with a process group of its own. It dies with this process, whatever it
 * does and however this process dies. A `child` that has been started from the same entry before saves its start.
 */
export function processWorker(
  options: WorkerOptions,
  events: WorkerEvents,
  child = new Child(options.entry),
): Worker {
  return new RemoteWorker(options, events, child)
}
