import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Row } from '../harness/row.js'
import { size } from '../harness/size.js'
import { mapTo, NO_OP, onTheCluster } from './command.js'
import { machines } from './machines.js'

const N = size(200_000)
/** What a script does, which is not counted. */
const INNER = /^\d+\.\d+ \[\d+ lua\]/
/** What a machine tells a coordinator of results, at most every 10 ms however many chunks there are. */
const REPORT = /^\S+ \[[^\]]*\] "evalsha" "\w+" "2" "omakase:\{[\w-]+\}:lease" "omakase:\{[\w-]+\}:results"/i
/** A chunk becomes a job: a hash, which scripts write to. */
const JOB = /^\d+\.\d+ \[\d+ lua\] "hmset" "(omakase:[\w.-]+:[\w-]+-\d+)"/i

/** What clients send. */
export const commands: Row = {
  name: 'commands',
  job: `what Redis is asked for a chunk, but for the results, over ${N.toLocaleString('en')} no-op items`,
  unit: 'commands',
  baseline: 'two machines',
  rounds: 3,
  limit: { of: ['two machines'], most: 4 },
  contestants: {
    'two machines': async () => {
      const { url } = await machines()
      const monitor = spawn('redis-cli', ['-u', url, 'monitor'], { stdio: ['ignore', 'pipe', 'inherit'] })
      const lines = createInterface({ input: monitor.stdout })
      await once(lines, 'line')
      const chunks = new Set<string>()
      let asked = 0
      lines.on('line', line => {
        if (INNER.test(line)) chunks.add(JOB.exec(line)?.[1] ?? '')
        else if (!REPORT.test(line)) asked++
      })
      await mapTo(N, [NO_OP, '--range', `1..${N}`, ...(await onTheCluster())])
      monitor.kill()
      await once(monitor, 'close')
      chunks.delete('')
      if (chunks.size === 0) throw new Error('no chunk was seen')
      return asked / chunks.size
    },
  },
}
