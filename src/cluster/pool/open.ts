import { type Co, wait } from '../../core/index.js'
import { CoFrame, type Coroutine, checkCount } from '../../core/internal.js'
import { normalise } from '../../map/options/normalise.js'
import type { EngineAddress } from '../../map/options/options.js'
import { BadUsage } from '../../workers/bad-usage.js'
import type { Pool, PoolOptions } from '../../workers/pool/options.js'
import { PoolImpl } from '../../workers/pool/pool.js'
import { Coordinator } from '../coordinator/coordinator.js'
import { reach } from '../coordinator/reach.js'
import { sealFrom } from '../engine/key.js'
import { MAX_SIZE } from '../engine/size.js'
import { version } from '../engine/version.js'
import { OneByOne } from './one-by-one.js'

/** Calls that are published and have not ended: as many as this, and more only where there are machines for more. */
const MOST_OPEN = 1024
const OPEN_PER_CORE = 16

/** Where the machines of a pool are, and what each of them is given. */
export interface ClusterOptions extends Omit<PoolOptions, 'shared'> {
  /** The Redis where they meet, as `redis://10.0.0.5`; `redis`: what `OMAKASE_REDIS_URL` says. */
  readonly on: EngineAddress
}

/**
 * As `processes` of `omakase/workers`, on all machines of a cluster (`omakase worker URL` makes a machine one of them):
 * each call is run by the first one that has room. It is a part of the task tree here: its deadline, its task-locals,
 * its cancelling and its errors cross. `workers`, `concurrency` and `memory` hold on each machine.
 *
 * The module travels, and files do not. A call whose machine is lost is run again on another one. It waits until there is
 * a machine; `timeout` bounds that.
 *
 * @param module file URL of the module; its exported functions can be called.
 * @example
 * const module = new URL('./hash.js', import.meta.url)
 * const pool = yield* use(cluster<typeof import('./hash.js')>(module, { on: 'redis' }))
 * const digest = yield* pool.call('sha256', 'some text')
 * digest.length // 64
 * @throws BadUsage where there is no such module or no such Redis, or a machine cannot load the module.
 */
export function cluster<M>(module: URL, options: ClusterOptions): Co<Pool<M>> {
  return new CoFrame(opening(module, options))
}

function* opening(module: URL, options: ClusterOptions): Coroutine<Pool<any>> {
  const opened = open(module, options)
  let pool: PoolImpl | undefined
  let isReady = false
  try {
    pool = yield* wait(opened)
    yield* wait(pool.ready())
    isReady = true
    return pool
  } finally {
    // Cancelled meanwhile, perhaps since no machine came: nobody else will end it.
    if (!isReady) yield* wait(opened.then(late => late[Symbol.asyncDispose]()).catch(() => {}))
  }
}

async function open(module: URL, options: ClusterOptions): Promise<PoolImpl> {
  const { workers, concurrency = 1, memory } = options
  const { engine: url } = normalise({ on: options.on })
  if (url === undefined) throw new BadUsage(`on: ${options.on}: write where the machines meet: redis://HOST`)
  if ('shared' in options)
    throw new BadUsage('shared: objects that are shared stay on their machine; leave shared out')
  if (workers !== undefined) checkCount('workers', workers)
  checkCount('concurrency', concurrency)
  if (memory !== undefined && !(typeof memory === 'number' && memory > 0))
    throw new BadUsage(`memory: ${String(memory)}: give a number of bytes`)
  const seal = sealFrom({ key: process.env.OMAKASE_KEY })
  const say = (line: string) => void process.stderr.write(`${line}\n`)
  const { made, engine } = await reach(module, url, seal, say)
  const about = {
    name: made.name,
    exportName: '*',
    encode: 'clone' as const,
    settings: memory !== undefined && memory < Infinity ? { memory } : {},
    pool: { concurrency, ...(workers !== undefined && { workers }) },
    version,
    needs: made.needs ?? [],
    maxSize: MAX_SIZE,
  }
  const coordinator = new Coordinator(engine, about, made.code, say)
  const { machines } = coordinator
  return new PoolImpl({
    name: options.name ?? made.name,
    workers: 1,
    get concurrency() {
      return Math.max(MOST_OPEN, OPEN_PER_CORE * concurrency * machines.cores)
    },
    workersNow: () => machines.list.length,
    hire: events => new OneByOne(coordinator, 'clone', events),
    explain: error => error,
    dispose: () => void coordinator.end().finally(() => engine.close()),
  })
}
