import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { askFresh, type PeerName } from '../harness/peer.js'
import type { Contestant, Row } from '../harness/row.js'

const CHILD = fileURLToPath(new URL('./bytes-child.js', import.meta.url))

/** A fresh process each time: what others have left on a heap is not to be counted. */
function bytes(who: string, n = 100_000): Contestant {
  return async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', CHILD, who, String(n)])
    return Number(stdout)
  }
}

/** Resident memory: what other languages count as their heap cannot be compared. */
function resident(name: PeerName, job: string, n: number): Contestant {
  return async () => (await askFresh(name, job, n))[0]! / n
}

function residentOfPeers(job: string): { readonly [name: string]: Contestant } {
  return {
    asyncio: resident('asyncio', job, 100_000),
    uvloop: resident('uvloop', job, 100_000),
    trio: resident('trio', job, 50_000),
    gevent: resident('gevent', job, 50_000),
    Go: resident('Go', job, 100_000),
  }
}

/** Heap that each of 100,000 waiting tasks holds; with Effection, of which starting so many takes half a minute, of 10,000. */
export const bytesOfWait: Row = {
  name: 'bytes',
  job: 'memory of a waiting task, without a timer',
  unit: 'B',
  baseline: 'promise',
  fresh: true,
  rounds: 3,
  limit: { of: ['omakase'], most: 500 },
  contestants: {
    promise: bytes('promise'),
    omakase: bytes('omakase'),
    Effect: bytes('Effect'),
    'Effection, of 10,000': bytes('Effection', 10_000),
    ...residentOfPeers('bytes'),
  },
}

export const bytesOfTimer: Row = {
  name: 'bytes-timer',
  job: 'memory of a sleeping task, with its timer',
  unit: 'B',
  baseline: 'promise',
  fresh: true,
  rounds: 3,
  limit: { of: ['omakase'], most: 500 },
  contestants: {
    promise: bytes('promise-timer'),
    omakase: bytes('omakase-timer'),
    Effect: bytes('Effect-timer'),
    'Effection, of 10,000': bytes('Effection-timer', 10_000),
    ...residentOfPeers('bytes-timer'),
  },
}
