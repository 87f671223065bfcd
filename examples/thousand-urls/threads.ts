import { Worker } from 'node:worker_threads'
import type { Status } from './callbacks.js'

/** With threads: each has an event loop of its own, and asks for the next page with a message. For waiting, dear. */
export async function checkAll(urls: readonly string[], threads: number): Promise<Status[]> {
  const statuses: Status[] = new Array(urls.length)
  const left = urls.entries()

  function thread(): Promise<void> {
    return new Promise((resolve, reject) => {
      const worker = new Worker(new URL('thread.js', import.meta.url))
      const next = () => worker.postMessage(left.next().value)
      worker.on('message', ([index, status]: [number, Status]) => {
        statuses[index] = status
        next()
      })
      worker.on('error', reject)
      worker.on('exit', () => resolve())
      next()
    })
  }

  await Promise.all(Array.from({ length: threads }, thread))
  return statuses
}
