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

/** Milliseconds after which it is given up. */
const LONGEST = 200_000

/** Of one group of sleepers, for each of them. */
interface Sleep {
  readonly bytes: number
  readonly start: number
  readonly wake: number
}

type Ask = (n: number, lead: number) => Promise<readonly number[]>

/**
 * `lead` milliseconds after the start all wake. Where not all slept by then there is nothing to measure, and from then
 * on they have twice as long.
 */
function sleep(ask: Ask, n: number, lead: number): () => Promise<Sleep> {
  return async () => {
    for (; lead <= LONGEST; lead *= 2) {
      const [bytes, started, ready, woken] = (await ask(n, lead)) as [number, number, number, number]
      if (ready * 1e3 < lead) return { bytes: bytes / n, start: (started * 1e9) / n, wake: (woken * 1e9) / n }
    }
    throw new Error(`not all of ${n} slept in ${LONGEST / 1e3} seconds`)
  }
}

function here(who: string): Ask {
  return async (...numbers) => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--expose-gc',
      CHILD,
      who,
      ...numbers.map(String),
    ])
    return stdout.split(' ').map(Number)
  }
}

function peer(name: PeerName): Ask {
  return (...numbers) => askFresh(name, 'sleepers', ...numbers)
}

const { bytes, start, wake } = shared(
  {
    promise: sleep(here('promise'), N, 8_000),
    omakase: sleep(here('omakase'), N, 8_000),
    Effect: sleep(here('Effect'), N, 10_000),
    'Effection, of 10,000': sleep(here('Effection'), N_EFFECTION, 2_000),
    'asyncio, of 100,000': sleep(peer('asyncio'), N_PYTHON, 4_000),
    'uvloop, of 100,000': sleep(peer('uvloop'), N_PYTHON, 4_000),
    'trio, of 100,000': sleep(peer('trio'), N_PYTHON, 8_000),
    'gevent, of 20,000': sleep(peer('gevent'), N_GEVENT, 4_000),
    Go: sleep(peer('Go'), N, 5_000),
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
