import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { map } from 'omakase/map'
import { whole } from '../harness/clock.js'
import type { Row } from '../harness/row.js'
import { size } from '../harness/size.js'
import { roundsOf } from './rounds.js'
import spin from './work/spin.js'

const N = size(20_000)
const SPIN_ARGS = fileURLToPath(new URL('./work/spin-args.js', import.meta.url))

const rounds = roundsOf(1)
const inputs = new Array<number>(N).fill(rounds)
const output = spin(rounds)

/** From nothing to all outputs; two cores can do it in 10 s. */
export const computing: Row = {
  name: 'computing',
  job: `${N.toLocaleString('en')} items of 1 ms of CPU`,
  unit: 'ms',
  baseline: 'two processes, half each',
  limit: { of: ['omakase'], ratio: 1 / 0.95 },
  rounds: 3,
  contestants: {
    'two processes, half each': whole(async () => {
      check((await Promise.all([half(), half()])).flat())
    }),
    'xargs -P2 -n 100': whole(async () => {
      check(await outputs('xargs', ['-P2', '-n', '100', process.execPath, SPIN_ARGS], inputs.join('\n')))
    }),
    omakase: whole(async () => {
      check(await map<number, number>(inputs, new URL('./work/spin.js', import.meta.url)).outputs())
    }),
  },
}

function half(): Promise<number[]> {
  return outputs(process.execPath, [SPIN_ARGS, ...inputs.slice(N / 2).map(String)])
}

async function outputs(command: string, args: readonly string[], input = ''): Promise<number[]> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.end(input)
  const [printed] = await Promise.all([text(child.stdout), once(child, 'close')])
  return printed.trim().split('\n').map(Number)
}

function check(values: readonly number[]): void {
  if (values.length !== N || values.some(value => value !== output)) throw new Error('outputs are wrong')
}
