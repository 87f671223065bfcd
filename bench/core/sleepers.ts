import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { askFresh, type PeerName } from '../harness/peer.js'
import type { Row } from '../harness/row.js'
import { shared } from '../harness/shared.js'

const CHILD = fileURLToPath(new URL('./sleepers-child.js', import.meta.url))

const N = 1_000_000
/** Effection takes for each the longer, the more there are; of greenlets a million would hold 8 GB. */
const N_EFFECTION = 10_000
const N_PYTHON = 100_000
const N_GEVENT = 20_000

/** Of one group of sleepers, for each of them. */
interface Sleep {
  readonly bytes: number
  readonly start: number
  readonly wake: number
}

function each(n: number, [bytes, start, wake]: readonly number[]): Sleep {
  return { bytes: bytes! / n, start: (start! * 1e9) / n, wake: (wake! * 1e9) / n }
}

/** The moment of waking lies so far ahead that even the slowest has them all asleep by then. */
function here(who: string, n: number, lead: number): () => Promise<Sleep> {
  return async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--expose-gc',
      CHILD,
      who,
      String(n),
      String(lead),
    ])
    return each(n, stdout.split(' ').map(Number))
  }
}

function peer(name: PeerName, n: number): () => Promise<Sleep> {
  return async () => each(n, await askFresh(name, 'sleepers', n))
}

const { bytes, start, wake } = shared(
  {
    promise: here('promise', N, 15_000),
    omakase: here('omakase', N, 15_000),
    Effect: here('Effect', N, 20_000),
    'Effection, of 10,000': here('Effection', N_EFFECTION, 4_000),
    'asyncio, of 100,000': peer('asyncio', N_PYTHON),
    'uvloop, of 100,000': peer('uvloop', N_PYTHON),
    'trio, of 100,000': peer('trio', N_PYTHON),
    'gevent, of 20,000': peer('gevent', N_GEVENT),
    Go: peer('Go', N),
  },
  {
    bytes: sleep => sleep.bytes,
    start: sleep => sleep.start,
    wake: sleep => sleep.wake,
  },
)

export const sleepersBytes: Row = {
  name: 'sleepers-bytes',
  job: '1,000,000 sleepers: memory of each',
  unit: 'B',
  baseline: 'promise',
  limit: { of: ['omakase'], most: 500 },
  fresh: true,
  rounds: 3,
  contestants: bytes,
}

export const sleepersStart: Row = {
  name: 'sleepers-start',
  job: '1,000,000 sleepers: until all sleep; each',
  unit: 'ns',
  baseline: 'promise',
  fresh: true,
  rounds: 3,
  contestants: start,
}

export const sleepersWake: Row = {
  name: 'sleepers-wake',
  job: '1,000,000 sleepers: all wake at one moment; each',
  unit: 'ns',
  baseline: 'promise',
  fresh: true,
  rounds: 3,
  contestants: wake,
}
