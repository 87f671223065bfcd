import { type Co, run, use } from 'omakase'
import { type Pool, processes } from 'omakase/workers'
import { type Contestant, NotInstalled, type Row } from '../harness/row.js'
import { machines } from './machines.js'

type NoOp = typeof import('../map/work/no-op.js')

const CALLS = 200
const MODULE = new URL('../map/work/no-op.js', import.meta.url)

/** One after the other, each waited for. */
export const poolCall: Row = {
  name: 'pool-call',
  job: 'a call of a pool and its answer, warm; each',
  unit: 'ms',
  baseline: 'processes()',
  limit: { of: ['cluster()'], most: 10 },
  contestants: {
    'processes()': calls(async () => () => processes<NoOp>(MODULE, { workers: 1 })),
    'cluster()': calls(async () => {
      const { url } = await machines()
      const entry: string = 'omakase/cluster'
      const { cluster } = await import(entry).catch(() => ({ cluster: undefined }))
      if (cluster === undefined) throw new NotInstalled('a version of omakase with omakase/cluster')
      return () => cluster(MODULE, { on: url })
    }),
  },
}

/** Opening it is asked for in two steps: what opens a pool is a promise itself, and would be awaited. */
function calls(open: () => Promise<() => Co<Pool<NoOp>>>): Contestant {
  return async () => {
    const opened = await open()
    return await run(function* () {
      const pool = yield* use(opened())
      yield* pool.call('default', 0)
      const start = performance.now()
      for (let i = 0; i < CALLS; i++) yield* pool.call('default', i)
      return (performance.now() - start) / CALLS
    })
  }
}
