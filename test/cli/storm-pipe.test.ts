import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { type Command, start } from './support/command.js'
import { folder } from './support/folder.js'
import { linuxOnly } from './support/processes.js'
import { setting } from './support/storm.js'

const LINES = setting('OMAKASE_PIPE_LINES', 1_000_000)
const BOUND_MB = 150

async function pour({ child }: Command): Promise<void> {
  for (let n = 0; n < LINES; ) {
    const lines: number[] = []
    for (const end = Math.min(n + 10_000, LINES); n < end; ) lines.push(++n)
    if (!child.stdin.write(`${lines.join('\n')}\n`))
      await new Promise(resolve => child.stdin.once('drain', resolve))
  }
  child.stdin.end()
}

/** What was resident in it at most, in MB, as long as it could be looked at. */
async function peak({ child }: Command): Promise<number> {
  let most = 0
  for (; child.exitCode === null && child.signalCode === null; await pause(50)) {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
      most = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? most * 1024) / 1024
    } catch {
      // It has just ended.
    }
  }
  return most
}

test(
  `inputs from a pipe stay under ${BOUND_MB} MB in the command, however many (slow)`,
  linuxOnly,
  async t => {
    const cwd = folder(t, { 'fn.mjs': 'export default n => n' })
    const command = start(t, ['map', 'fn.mjs', '-o', 'o.jsonl', '--on', 'processes', '--workers', '2'], {
      cwd,
    })
    const [most, { code, stderr }] = await Promise.all([peak(command), command.ended, pour(command)])
    t.diagnostic(`${LINES} inputs, ${Math.round(most)} MB`)
    assert.equal(code, 0, stderr)
    assert.ok(most < BOUND_MB, `${most} MB`)
  },
)
