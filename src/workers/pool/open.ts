import { type Co, wait } from '../../core/index.js'
import { CoFrame, type Coroutine, checkCount } from '../../core/internal.js'
import { BadUsage } from '../bad-usage.js'
import { codeFile } from '../code-file.js'
import { cores } from '../cores.js'
import { bundle, loadProblem } from '../load/index.js'
import { LoadError } from '../load-error.js'
import { processWorker } from '../process-worker.js'
import { threadWorker } from '../thread-worker.js'
import type { Worker, WorkerEvents, WorkerOptions } from '../worker.js'
import type { Pool, PoolOptions } from './options.js'
import { PoolImpl } from './pool.js'

/**
 * Starts worker threads that have loaded a module, TypeScript or not. Give it to `use`, and they end with the scope.
 *
 * Threads start sooner and cost less than processes, and are less of a wall: what aborts one, fills its memory or
 * sends it a signal ends this process too, and a synchronous call into native code cannot be killed.
 *
 * @param module file URL of the module; its exported functions can be called. `setup()` and `teardown()`, where it
 *   exports them, run once in each worker.
 * @example
 * const module = new URL('./hash.js', import.meta.url)
 * const pool = yield* use(threads<typeof import('./hash.js')>(module, { workers: 1 }))
 * const digest = yield* pool.call('sha256', 'some text')
 * digest.length // 64
 * @throws BadUsage where there is no such module, or it cannot be loaded.
 */
export function threads<M>(module: URL, options: PoolOptions = {}): Co<Pool<M>> {
  return new CoFrame(opening(module, options, threadWorker))
}

/**
 * As `threads`, in processes: whatever a function does to its process, this one goes on.
 *
 * @example
 * const module = new URL('./hash.js', import.meta.url)
 * const pool = yield* use(processes<typeof import('./hash.js')>(module, { workers: 1 }))
 * const digest = yield* pool.call('sha256', 'some text')
 * digest.length // 64
 */
export function processes<M>(module: URL, options: PoolOptions = {}): Co<Pool<M>> {
  return new CoFrame(opening(module, options, processWorker))
}

const ENTRY = new URL('./entry.js', import.meta.url)

type Hire = (options: WorkerOptions, events: WorkerEvents) => Worker

function* opening(module: URL, options: PoolOptions, hire: Hire): Coroutine<Pool<any>> {
  const opened = open(module, options, hire)
  let pool: PoolImpl | undefined
  try {
    pool = yield* wait(opened)
    return pool
  } finally {
    // Cancelled meanwhile: nobody else will end it.
    if (pool === undefined)
      yield* wait(
        opened.then(
          late => late[Symbol.asyncDispose](),
          () => {},
        ),
      )
  }
}

async function open(module: URL, options: PoolOptions, hire: Hire): Promise<PoolImpl> {
  const { workers = cores(), concurrency = 1, memory, shared } = options
  checkCount('workers', workers)
  checkCount('concurrency', concurrency)
  if (memory !== undefined && !(typeof memory === 'number' && memory > 0))
    throw new BadUsage(`memory: ${String(memory)}: give a number of bytes`)
  const made = await bundle(module)
  const file = codeFile(made.code)
  const pool = new PoolImpl({
    name: options.name ?? made.name,
    workers,
    concurrency,
    hire: events =>
      hire(
        {
          entry: ENTRY,
          code: file.url,
          exportName: '*',
          concurrency,
          encode: 'clone',
          ...(memory !== undefined && memory < Infinity && { memory }),
          ...(shared && { shared }),
        },
        events,
      ),
    explain: error => (error instanceof LoadError ? loadProblem(made, error) : error),
    dispose: () => file.remove(),
  })
  return pool.ready()
}
