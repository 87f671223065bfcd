import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { eachAfter } from '../harness/clock.js'
import { type Contestant, NotInstalled, type Row } from '../harness/row.js'
import { size } from '../harness/size.js'

const OMAKASE = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))

const N = size(2000)
const N_PARALLEL = size(300)

/** A command that does nothing, for each line of standard input: from typing it to the end. */
export const exec: Row = {
  name: 'exec',
  job: 'the command `true` for each line, two at once; each',
  unit: 'ns',
  baseline: 'xargs',
  limit: { of: ['omakase'], ratio: 1.5 },
  contestants: {
    xargs: command(N, 'xargs', '-P2', '-n1', 'true'),
    'GNU parallel': command(N_PARALLEL, 'parallel', '--will-cite', '-j2', 'true'),
    omakase: command(N, process.execPath, OMAKASE, 'map', '--exec', 'true', '-o', '/dev/null', '--force'),
  },
}

function command(n: number, program: string, ...args: readonly string[]): Contestant {
  return eachAfter(
    n,
    async () => Array.from({ length: n }, (_, i) => `${i}\n`).join(''),
    async lines => {
      const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'pipe'] })
      child.stdin.on('error', () => {}).end(lines)
      const [code, problem] = await Promise.all([
        new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve)),
        text(child.stderr),
      ]).catch(error => {
        throw error.code === 'ENOENT' ? new NotInstalled(program) : error
      })
      if (code !== 0) throw new Error(`${program} has ended with ${code}: ${problem}`)
    },
  )
}
