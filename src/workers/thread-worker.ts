import { RemoteWorker } from './remote-worker.js'
import { Thread } from './thread.js'
import type { Worker, WorkerEvents, WorkerOptions } from './worker.js'

/**
 * Starts a worker in a thread of this process: cheaper to start and to talk to than a process, and less of a wall.
 * `process.abort()`, a signal, and some ways of running out of memory end this process too; a synchronous call into
 * native code cannot be killed; `process.chdir()` is refused by Node.
 */
export function threadWorker(options: WorkerOptions, events: WorkerEvents): Worker {
  return new RemoteWorker(options, events, new Thread(options.entry, options.memory))
}
