import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Cell, GUILTY, ITEMS, runCell, type Told } from './cell.js'
import { FAULTS, type Fate, type Fault } from './faults.js'
import { canSegfault } from './segfault.js'

/** All of them with OMAKASE_MATRIX=all; else the two corners that differ most. OMAKASE_FAULT picks faults by name. */
const SHAPES = [
  { concurrency: 1, batch: 100 },
  { concurrency: 8, batch: 1 },
  ...(process.env.OMAKASE_MATRIX === 'all'
    ? [
        { concurrency: 1, batch: 1 },
        { concurrency: 8, batch: 100 },
      ]
    : []),
]
const only = process.env.OMAKASE_FAULT

const isLinux = process.platform === 'linux'
const folder = mkdtempSync(join(tmpdir(), 'omakase-faults-'))
after(() => rmSync(folder, { recursive: true, force: true }))

let count = 0
const own = () => join(folder, String(count++))

before(async () => {
  // What the first run loads, and opens, for good.
  const fault: Fault = { name: 'none', does: '', fate: { output: () => true } }
  for (const on of ['processes', 'threads'] as const)
    await runCell({ fault, on, concurrency: 1, batch: 1 }, own())
})

for (const fault of FAULTS) {
  if (only !== undefined && !fault.name.includes(only)) continue
  const skip = fault.name === 'a segmentation fault' && !canSegfault && 'needs a library for this platform'
  for (const on of ['processes', 'threads'] as const)
    test(`${fault.name} in ${on}`, { skip }, async () => {
      const fds = descriptors()
      const running = children()
      if (fault.nodeOptions !== undefined) process.env.NODE_OPTIONS = fault.nodeOptions
      await Promise.all(SHAPES.map(shape => check({ fault, on, ...shape })))
      delete process.env.NODE_OPTIONS
      // The last of a process is its exit being noticed.
      for (let waited = 0; waited < 100 && (descriptors() > fds || children() > running); waited++)
        await pause(50)
      assert.ok(descriptors() <= fds, `${descriptors() - fds} descriptors are left open`)
      assert.ok(children() <= running, `${children() - running} processes are left running`)
    })
}

async function check(cell: Cell): Promise<void> {
  const { fault, on } = cell
  const fate: Fate = 'processes' in fault.fate ? fault.fate[on] : fault.fate
  const isApart = 'fatal' in fate || 'stops' in fate || fault.apart === on
  const told = isApart ? await apart(cell, fate) : await runCell(cell, own())
  if (told === null) return
  const shape = `concurrency ${cell.concurrency}, batch ${cell.batch}`
  if ('ends' in fate) {
    assert.match(told.error ?? 'the run went on', fate.ends, shape)
    return
  }
  assert.equal(told.error, undefined, shape)
  for (let i = 0; i < ITEMS; i++)
    if (i !== GUILTY) assert.equal(told.items[i], String(2 * i), `${shape}: the innocent item ${i}`)
  if ('blamed' in fate) assert.match(told.items[GUILTY]!, fate.blamed, shape)
  else {
    assert.equal(told.items[GUILTY], 'ok', shape)
    if ('output' in fate) assert.ok(fate.output(told.guilty), shape)
  }
}

/** Runs a cell in a process of its own; null where that ends as it should. */
async function apart({ fault, on, concurrency, batch }: Cell, fate: Fate): Promise<Told | null> {
  const entry = fileURLToPath(new URL('./apart.js', import.meta.url))
  const args = [entry, fault.name, on, String(concurrency), String(batch), own()]
  const process_ = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  let text = ''
  process_.stdout.on('data', chunk => {
    text += chunk
  })
  const ended = new Promise<NodeJS.Signals | null>(resolve =>
    process_.on('close', (_, signal) => resolve(signal)),
  )
  if ('stops' in fate) {
    while (!isStopped(process_.pid!)) await pause(20)
    process_.kill('SIGCONT')
  }
  const signal = await ended
  if ('fatal' in fate) {
    assert.equal(signal, fate.fatal)
    return null
  }
  assert.equal(signal, null)
  return JSON.parse(text)
}

function descriptors(): number {
  return isLinux ? readdirSync('/proc/self/fd').length : 0
}

function isStopped(pid: number): boolean {
  return stateOf(String(pid))?.[0] === 'T'
}

/** Processes that this one has started, and that are there. */
function children(): number {
  if (!isLinux) return 0
  return readdirSync('/proc').filter(pid => /^\d+$/.test(pid) && stateOf(pid)?.[1] === String(process.pid))
    .length
}

/** Its state, and its parent. */
function stateOf(pid: string): string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')
  } catch {
    return undefined
  }
}
