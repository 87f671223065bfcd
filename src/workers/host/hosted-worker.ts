import { RemoteWorker } from '../remote-worker.js'
import type { Worker, WorkerEvents, WorkerOptions } from '../worker.js'
import type { ThreadHost } from './host.js'

/** Starts a worker in a thread of a host, which is another process: its neighbours die with it, and this process does not. */
export function hostedWorker(options: WorkerOptions, events: WorkerEvents, host: ThreadHost): Worker {
  return new RemoteWorker(options, events, host.thread(options))
}
