import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { file, machines, OMAKASE } from './machines.js'

export const NO_OP = fileURLToPath(new URL('../../map/work/no-op.ts', import.meta.url))
export const SPIN = fileURLToPath(new URL('../../throughput/work/spin.ts', import.meta.url))

const OUTPUT = 'results.jsonl'
/** A process on each of the two machines: as many as the local run has. */
export const onTheCluster = async () => ['--workers', '1', '--on', (await machines()).url]
export const here = async () => ['--workers', '2', '--on', 'processes']

/** The command from its start to its end, into a file whose lines are counted. */
export async function mapTo(count: number, args: readonly string[]): Promise<void> {
  const output = file(OUTPUT)
  const all = [OMAKASE, 'map', ...args, '-o', output, '--force']
  const child = spawn(process.execPath, all, { stdio: ['ignore', 'inherit', 'pipe'] })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', text => {
    said += text
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`it has ended with ${code}:\n${said}`)
  let lines = 0
  for await (const _ of createInterface(createReadStream(output))) lines++
  if (lines !== count) throw new Error(`${lines} lines, not ${count}`)
}
