import { quantile } from '../harness/quantile.js'
import type { Contestant, Row } from '../harness/row.js'
import { size } from '../harness/size.js'
import { mapTo, NO_OP, onTheCluster } from './command.js'
import { machines } from './machines.js'

const N = size(10_000_000)
const LOOK_EVERY_MS = 50

/** What Redis held of it at most for 19 twentieths of the time, since a longer run sees rarer peaks: flat, however many go through. */
export const memory: Row = {
  name: 'redis-memory',
  job: `${N.toLocaleString('en')} no-op items: memory of Redis, at most, for 95 % of the time`,
  unit: 'B',
  baseline: 'a tenth of them',
  fresh: true,
  rounds: 2,
  limit: { of: ['all of them'], ratio: 1.2 },
  contestants: { 'a tenth of them': held(N / 10), 'all of them': held(N) },
}

function held(n: number): Contestant {
  return async () => {
    const { redis } = await machines()
    // What it keeps of scripts is no memory of the items'.
    await run(N / 1000)
    const seen: number[] = []
    const look = async () => {
      const [, used] = /^used_memory:(\d+)/m.exec(await redis.info('memory'))!
      seen.push(Number(used))
    }
    await look()
    const [before] = seen.splice(0)
    const timer = setInterval(() => void look(), LOOK_EVERY_MS)
    await run(n)
    clearInterval(timer)
    return quantile(seen, 0.95) - before!
  }
}

async function run(n: number): Promise<void> {
  await mapTo(n, [NO_OP, '--range', `1..${n}`, ...(await onTheCluster())])
}
