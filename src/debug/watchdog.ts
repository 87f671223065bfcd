import type { Worker } from 'node:worker_threads'
import type { Task } from '../core/index.js'
import { builtin } from './platform.js'

/** Tells of a step that blocks, while it does: by a thread of its own. */
export interface Watchdog {
  begin(task: Task<unknown>): void
  end(): void
  stop(): void
}

const NAME_BYTES = 200

/** Runs in the thread: the number of the step is odd while one runs. */
const CODE = `
const { workerData: { shared, slow } } = require('node:worker_threads')
const { writeSync } = require('node:fs')
const state = new Int32Array(shared, 0, 2)
let seen = 0, since = 0, told = 0
setInterval(() => {
  const step = Atomics.load(state, 0)
  const now = performance.now()
  if (step !== seen) { seen = step; since = now; return }
  if (step % 2 === 0 || step === told || now - since < slow) return
  told = step
  const name = Buffer.from(Buffer.from(shared, 8, state[1])).toString()
  writeSync(2, 'omakase: Executing ' + name + ' has taken more than ' + (slow / 1000).toFixed(3) + ' seconds by now, and still blocks the event loop\\n')
}, Math.max(5, slow / 10))
`

/** `null` where the platform has no threads of this kind. */
export function watchdog(slowStep: number): Watchdog | null {
  const threads = builtin<typeof import('node:worker_threads')>('worker_threads')
  if (threads === undefined) return null
  const shared = new SharedArrayBuffer(8 + NAME_BYTES)
  const state = new Int32Array(shared, 0, 2)
  const name = new Uint8Array(shared, 8)
  const encoder = new TextEncoder()
  let worker: Worker | null
  try {
    worker = new threads.Worker(CODE, { eval: true, workerData: { shared, slow: slowStep }, execArgv: [] })
    worker.unref()
    worker.on('error', () => {})
  } catch {
    return null
  }
  let last: Task<unknown> | undefined
  let depth = 0
  return {
    begin(task) {
      if (depth++ > 0) return
      if (task !== last) {
        const bytes = encoder.encode(`"${task.name}" #${task.id}`).subarray(0, NAME_BYTES)
        name.set(bytes)
        state[1] = bytes.length
        last = task
      }
      Atomics.add(state, 0, 1)
    },
    end() {
      if (--depth === 0) Atomics.add(state, 0, 1)
    },
    stop() {
      void worker?.terminate()
      worker = null
    },
  }
}
