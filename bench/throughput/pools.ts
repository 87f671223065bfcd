import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import { Tinypool } from 'tinypool'
import { pool as workerpool } from 'workerpool'

const NO_OP = new URL('../map/work/no-op.js', import.meta.url).href
const WORKERPOOL = fileURLToPath(new URL('./work/workerpool.js', import.meta.url))

/** A pool of two workers that run a no-op. */
export interface NoOpPool {
  run(input: number): PromiseLike<unknown>
  end(): Promise<void>
}

export function piscina(concurrentTasksPerWorker = 1): NoOpPool {
  const pool = new Piscina({ filename: NO_OP, minThreads: 2, maxThreads: 2, concurrentTasksPerWorker })
  return { run: input => pool.run(input), end: async () => pool.destroy() }
}

export function tinypool(
  runtime: 'worker_threads' | 'child_process',
  concurrentTasksPerWorker = 1,
): NoOpPool {
  const pool = new Tinypool({
    filename: NO_OP,
    runtime,
    minThreads: 2,
    maxThreads: 2,
    concurrentTasksPerWorker,
  })
  return { run: input => pool.run(input), end: async () => pool.destroy() }
}

export function workerPool(): NoOpPool {
  const pool = workerpool(WORKERPOOL, { minWorkers: 2, maxWorkers: 2, workerType: 'thread' })
  return { run: input => pool.exec('noOp', [input]), end: async () => void (await pool.terminate()) }
}

/** All items at once, as their documentation does it: they have queues of their own. */
export async function allOver(pool: NoOpPool, inputs: readonly number[]): Promise<unknown[]> {
  const outputs = await Promise.all(inputs.map(input => pool.run(input)))
  await pool.end()
  return outputs
}
