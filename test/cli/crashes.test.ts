import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { type Line, omakase, sorted, start } from './support/command.js'
import { folder } from './support/folder.js'
import { linesOf, notes } from './support/journal.js'
import { linuxOnly, processesWith, remaining } from './support/processes.js'

const ITEMS = 40
const GUILTY = 17

/** The two ends; all four where there is time. */
const PLANS = process.env.OMAKASE_CRASHES
  ? [
      ['1', '1'],
      ['1', '100'],
      ['8', '1'],
      ['8', '100'],
    ]
  : [
      ['1', '100'],
      ['8', '1'],
    ]

interface Crash {
  /** What the guilty one does, in an async function of `n` and its context. */
  readonly code: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** How the guilty one is blamed; undefined where it has done no harm and has its output. */
  readonly blamed?: { readonly name: string; readonly message: RegExp }
  readonly says?: RegExp
}

function died(message: RegExp) {
  return { name: 'WorkerDied', message }
}

const crashes: Record<string, Crash> = {
  'process.exit(0)': { code: 'process.exit(0)', blamed: died(/exited with code 0, twice/) },
  'process.exit(3)': { code: 'process.exit(3)', blamed: died(/exited with code 3, twice/) },
  'process.exit after a while': {
    code: 'await pause(20); process.exit(4)',
    blamed: died(/exited with code 4, twice/),
  },
  'process.abort': { code: 'process.abort()', blamed: died(/killed by SIGABRT, twice/) },
  'a segmentation fault': {
    code: `process.kill(process.pid, 'SIGSEGV'); await pause(1000)`,
    blamed: died(/killed by SIGSEGV, twice/),
  },
  SIGKILL: {
    code: `process.kill(process.pid, 'SIGKILL'); await pause(1000)`,
    blamed: died(/killed by SIGKILL/),
  },
  'a full heap': {
    // Once V8 runs its bound stands; a heap of the usual size would take a minute to fill.
    env: { NODE_OPTIONS: '--max-old-space-size=60' },
    code: `const all: unknown[] = []
      for (;;) all.push(new Array(1e4).fill(Math.random()))`,
    blamed: died(/ran out of memory/),
  },
  'an endless loop': {
    code: 'for (;;);',
    args: ['--timeout', '900ms'],
    blamed: { name: 'TimeoutError', message: /timed out after 900 ms/ },
  },
  'an endless loop after a while': {
    code: 'await pause(20); for (;;);',
    args: ['--timeout', '900ms'],
    blamed: { name: 'TimeoutError', message: /timed out after 900 ms/ },
  },
  'a promise that never settles': {
    code: 'await new Promise(() => {})',
    args: ['--timeout', '900ms'],
    blamed: { name: 'TimeoutError', message: /timed out after 900 ms/ },
  },
  'an unhandled rejection': {
    code: `Promise.reject(new RangeError('nobody')); await pause(50)`,
    blamed: { name: 'RangeError', message: /^nobody$/ },
  },
  'a late error from a timer': {
    code: `setTimeout(() => { throw new RangeError('late') }, 1); await pause(50)`,
    blamed: { name: 'RangeError', message: /^late$/ },
  },
  'an error after its end': {
    code: `setTimeout(() => { throw new RangeError('too late') }, 1)`,
    says: /an error that belongs to no running item: RangeError: too late/,
  },
  chdir: { code: `process.chdir('/')` },
  'noise on its standard output': {
    code: `process.stdout.write('{"index":0,"input":0,"output":0}\\n'.repeat(1000)); console.log('noise')`,
    says: /^noise$/m,
  },
}

function assertBlamed(lines: readonly Line[], blamed: Crash['blamed'], stderr: string): void {
  assert.deepEqual(
    sorted(lines).map(({ index }) => index),
    Array.from({ length: ITEMS }, (_, index) => index),
    stderr,
  )
  const failed = lines.filter(({ error }) => error !== undefined)
  assert.deepEqual(
    failed.map(({ index, error }) => [index, error!.name]),
    blamed === undefined ? [] : [[GUILTY, blamed.name]],
    `${JSON.stringify(failed)}\n${stderr}`,
  )
  if (blamed !== undefined) assert.match(failed[0]!.error!.message, blamed.message)
  for (const { index, output, error } of lines) if (error === undefined) assert.equal(output, index)
}

for (const [what, { code, args = [], env, blamed, says }] of Object.entries(crashes)) {
  describe(`${what} costs its own item and no other (slow)`, { concurrency: 2 }, () => {
    for (const [concurrency, batch] of PLANS as [string, string][]) {
      test(`--concurrency ${concurrency} --batch ${batch}`, async t => {
        const cwd = folder(t, {
          'fn.ts': `const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))
              export default async (n: number) => {
                if (n === ${GUILTY}) { ${code} }
                else await pause(n % 3)
                return n
              }`,
        })
        const plan = ['--on', 'processes', '--workers', '2', '--concurrency', concurrency, '--batch', batch]
        const command = start(t, ['map', 'fn.ts', '--range', `0..${ITEMS - 1}`, ...plan, ...args], {
          cwd,
          ...(env && { env }),
        })
        const ended = await command.ended
        assertBlamed(ended.lines, blamed, ended.stderr)
        assert.equal(ended.code, blamed === undefined ? 0 : 1)
        if (says !== undefined) assert.match(ended.stderr, says)
        if (process.platform === 'linux') assert.deepEqual(await remaining(command.mark), [])
      })
    }
  })
}

test('workers that are killed from outside, again and again, cost nothing (slow)', linuxOnly, async t => {
  const cwd = folder(t, {
    'fn.ts': `import { appendFileSync } from 'node:fs'
      export default async (n: number) => {
        appendFileSync('pids.txt', process.pid + '\\n')
        await new Promise(resolve => setTimeout(resolve, 5))
        return n
      }`,
  })
  const plan = ['--on', 'processes', '--workers', '2', '--concurrency', '2']
  const command = start(t, ['map', 'fn.ts', '--range', '0..999', ...plan], { cwd })
  for (let times = 0; times < 5; times++) {
    const pids = () => notes(`${cwd}/pids.txt`)
    const before = pids().length
    while (pids().length < before + 50) await pause(5)
    const alive = new Set(processesWith(command.mark))
    const worker = pids()
      .reverse()
      .find(pid => alive.has(pid))
    if (worker !== undefined) process.kill(Number(worker), 'SIGKILL')
  }
  const { lines, code, stderr } = await command.ended
  assert.equal(code, 0, stderr)
  assert.deepEqual(
    sorted(lines).map(({ output }) => output),
    Array.from({ length: 1000 }, (_, n) => n),
  )
  assert.deepEqual(await remaining(command.mark), [])
})

test('a setup that fails in a worker ends the run with exit 2, and nothing is left', linuxOnly, async t => {
  for (const setup of [
    `throw new Error('no database')`,
    'process.exit(5)',
    `process.kill(process.pid, 'SIGKILL')`,
  ]) {
    const cwd = folder(t, {
      'fn.ts': `export const setup = async () => { ${setup} }\nexport default (n: number) => n`,
    })
    const command = start(t, ['map', 'fn.ts', '--range', '0..9', '--on', 'processes', '-o', 'o.jsonl'], {
      cwd,
    })
    const { code, stderr } = await command.ended
    assert.equal(code, 2, stderr)
    assert.match(stderr, /^omakase: .*(no database|exited with code 5|SIGKILL)/)
    assert.deepEqual(await remaining(command.mark), [])
  }
})

test(
  'a setup that fails only in later workers ends the run, and what was done is kept',
  linuxOnly,
  async t => {
    const cwd = folder(t, {
      'fn.ts': `import { writeFileSync } from 'node:fs'
      export const setup = () => { writeFileSync('first', '', { flag: 'wx' }) }
      export default (n: number) => { const end = performance.now() + 20; while (performance.now() < end); return n }`,
    })
    const args = ['map', 'fn.ts', '--range', '0..999', '--on', 'processes', '--workers', '2', '-o', 'o.jsonl']
    const command = start(t, args, { cwd })
    const { code, stderr } = await command.ended
    assert.equal(code, 2, stderr)
    assert.match(stderr, /^omakase: setup\(\) of fn\.ts failed: Error: EEXIST/m)
    assert.ok(linesOf(`${cwd}/o.jsonl`).every(({ input, output }) => input === output))
    assert.deepEqual(await remaining(command.mark), [])
  },
)

test('a poison item does not keep others from being retried or timed out as they should (slow)', async t => {
  const cwd = folder(t, {
    'fn.ts': `export default async (n: number, { attempt }: { attempt: number }) => {
      if (n === 3) process.exit(1)
      if (n === 5) for (;;);
      if (n === 7 && attempt === 1) throw new Error('once')
      return n
    }`,
  })
  const { lines } = await omakase(
    t,
    ['map', 'fn.ts', '--range', '0..19', '--on', 'processes', '--timeout', '900ms', '--retries', '1'],
    { cwd },
  )
  assert.deepEqual(
    sorted(lines).map(({ index, output, error }) => error?.name ?? output - index),
    Array.from({ length: 20 }, (_, n) => (n === 3 ? 'WorkerDied' : n === 5 ? 'TimeoutError' : 0)),
  )
})

test('a worker that dies while the output is being opened is replaced', async t => {
  const all = 300_000
  const journal = Array.from({ length: all }, (_, n) => `{"index":${n},"input":${n},"output":${n}}\n`)
  const cwd = folder(t, {
    'fn.ts': `import { existsSync, writeFileSync } from 'node:fs'
      if (!existsSync('begun')) {
        writeFileSync('begun', '')
        setTimeout(() => process.exit(3), 20)
      }
      export default (n: number) => n`,
    'o.jsonl': journal.join(''),
  })
  const args = ['map', 'fn.ts', '--range', `0..${all + 9}`, '-o', 'o.jsonl', '--resume']
  const { code, stderr } = await omakase(t, args, { cwd })
  assert.equal(code, 0, stderr)
  assert.equal(linesOf(`${cwd}/o.jsonl`).length, all + 10)
})
