import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Contestant, NotInstalled, type Row } from '../harness/row.js'
import { size } from '../harness/size.js'

const OMAKASE = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))
const NO_OP = fileURLToPath(new URL('../../map/work/no-op.ts', import.meta.url))

const N = size(10_000_000)

const LOOK_EVERY_MS = 50

/** The most that the command's own process has held, its workers not counted: flat, however many go through it. */
export const memory: Row = {
  name: 'memory',
  job: `${N.toLocaleString('en')} inputs through the command: the most memory of its process`,
  unit: 'B',
  baseline: 'a tenth of them',
  limit: { of: ['all of them'], most: 150e6 },
  fresh: true,
  rounds: 2,
  contestants: {
    'a tenth of them': highest(N / 10),
    'all of them': highest(N),
  },
}

function highest(n: number): Contestant {
  return async () => {
    const child = spawn(process.execPath, [OMAKASE, 'map', NO_OP, '--range', `1..${n}`], {
      stdio: ['ignore', 'ignore', 'ignore'],
    })
    let most = 0
    const timer = setInterval(() => {
      most = Math.max(most, peak(child.pid!))
    }, LOOK_EVERY_MS)
    const [code] = await once(child, 'exit')
    clearInterval(timer)
    if (code !== 0) throw new Error(`it has ended with ${code}`)
    return most
  }
}

/** What the kernel has kept as the highest of a process; 0 where that is over. */
function peak(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024
  } catch {
    if (process.platform !== 'linux') throw new NotInstalled('/proc, which only Linux has')
    return 0
  }
}
