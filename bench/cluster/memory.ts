import type { Contestant, Row } from '../harness/row.js'
import { size } from '../harness/size.js'
import { mapTo, NO_OP, onTheCluster } from './command.js'
import { machines } from './machines.js'

const N = size(10_000_000)
const LOOK_EVERY_MS = 50

/** The most that Redis has held of it: flat, however many go through. */
export const memory: Row = {
  name: 'redis-memory',
  job: `${N.toLocaleString('en')} no-op items: the most memory of Redis`,
  unit: 'B',
  baseline: 'a tenth of them',
  fresh: true,
  rounds: 2,
  limit: { of: ['all of them'], ratio: 1.2 },
  contestants: { 'a tenth of them': highest(N / 10), 'all of them': highest(N) },
}

function highest(n: number): Contestant {
  return async () => {
    const { redis } = await machines()
    let most = 0
    const look = async () => {
      const [, used] = /^used_memory:(\d+)/m.exec(await redis.info('memory'))!
      most = Math.max(most, Number(used))
    }
    await look()
    const before = most
    const timer = setInterval(() => void look(), LOOK_EVERY_MS)
    await mapTo(n, [NO_OP, '--range', `1..${n}`, ...(await onTheCluster())])
    clearInterval(timer)
    return most - before
  }
}
