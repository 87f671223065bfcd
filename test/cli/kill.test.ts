import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { mkdtempSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { omakase, start } from './support/command.js'
import { folder } from './support/folder.js'
import { assertEachOnce, linesOf } from './support/journal.js'
import { linuxOnly, remaining } from './support/processes.js'

const ROUNDS = Number(process.env.OMAKASE_KILL_ROUNDS ?? 3)
const ITEMS = Number(process.env.OMAKASE_KILL_ITEMS ?? 2000)

/** What is killed: something that waits, something that computes, and next to nothing. */
const KINDS: readonly { readonly fn: string; readonly args: readonly string[] }[] = [
  {
    fn: `export default (n: number) => new Promise(resolve => setTimeout(resolve, n % 5, n))`,
    args: [],
  },
  {
    fn: `export default (n: number) => { const end = performance.now() + 0.3; while (performance.now() < end); return n }`,
    args: ['--on', 'processes', '--workers', '2'],
  },
  { fn: 'export default (n: number) => n', args: [] },
  {
    fn: `export default (n: number, { attempt }: { attempt: number }) => {
      if (n % 10 === 0 && attempt === 1) throw new Error('again')
      return n
    }`,
    args: ['--ordered', '--retries', '1'],
  },
]

/** Kills the command when it has written about so much more, and sees that nothing of it goes on. */
async function killed(t: TestContext, args: readonly string[], cwd: string, more = {}): Promise<void> {
  const tmp = mkdtempSync(join(cwd, 'tmp-'))
  const env = { TMPDIR: tmp, ...more }
  const file = join(cwd, 'o.jsonl')
  const size = () => statSync(file, { throwIfNoEntry: false })?.size ?? 0
  const before = size()
  const enough = before + randomInt(30 * ITEMS)
  const command = start(t, args, { cwd, env })
  const { child } = command
  const hasEnded = () => child.exitCode !== null
  // A moment in the midst of the run, or any one from its first on.
  if (randomInt(3) === 0) await pause(randomInt(500))
  else while (!hasEnded() && size() < enough) await pause(1)
  const hasBegun = !hasEnded() && size() > before
  child.kill('SIGKILL')
  assert.deepEqual(await remaining(command.mark), [])
  // The module goes with the workers that have it. (Near its end the command itself has it.)
  if (hasBegun && linesOf(file).length < 0.8 * ITEMS) assert.deepEqual(readdirSync(tmp), [])
  await command.ended
}

function filesIn(cwd: string): string[] {
  return readdirSync(cwd)
    .filter(name => !name.startsWith('tmp-'))
    .sort()
}

describe('kill -9 of the command', { ...linuxOnly }, () => {
  for (let round = 1; round <= ROUNDS; round++) {
    const { fn, args } = KINDS[(round - 1) % KINDS.length]!
    test(`loses and doubles nothing, also while it resumes: round ${round} (slow)`, async t => {
      const cwd = folder(t, { 'fn.ts': fn })
      const whole = ['map', 'fn.ts', '--range', `1..${ITEMS}`, '-o', 'o.jsonl', ...args, '--resume']
      await killed(t, whole.slice(0, -1), cwd)
      const kept = linesOf(join(cwd, 'o.jsonl')).length
      for (let again = randomInt(1, 3); again > 0; again--) await killed(t, whole, cwd)
      const ended = await omakase(t, whole, { cwd })
      assert.equal(ended.code, 0, ended.stderr)
      assertEachOnce(join(cwd, 'o.jsonl'), ITEMS)
      t.diagnostic(`${kept} of ${ITEMS} lines at the first kill`)
      assert.deepEqual(filesIn(cwd), ['fn.ts', 'o.jsonl'])
    })
  }

  test('with --retry-failed, leaves a file that can be gone on with (slow)', async t => {
    const cwd = folder(t, {
      'fn.ts': `export default (n: number) => { if (n % 2 && !process.env.GOOD) throw n; return n }`,
    })
    const whole = ['map', 'fn.ts', '--range', `1..${ITEMS}`, '-o', 'o.jsonl']
    await omakase(t, whole, { cwd })
    for (let times = 0; times < 3; times++)
      await killed(t, [...whole, '--resume', '--retry-failed'], cwd, { GOOD: 'yes' })
    const ended = await omakase(t, [...whole, '--resume', '--retry-failed'], { cwd, env: { GOOD: 'yes' } })
    assert.equal(ended.code, 0, ended.stderr)
    assertEachOnce(join(cwd, 'o.jsonl'), ITEMS)
    assert.ok(linesOf(join(cwd, 'o.jsonl')).every(({ error }) => error === undefined))
    assert.deepEqual(filesIn(cwd), ['fn.ts', 'o.jsonl'])
  })
})

test('a worker whose folder has been taken away, so that no watcher can start, does not outlive its parent', async t => {
  const cwd = folder(t, {
    'inner/fn.ts': `import { rmSync } from 'node:fs'
      rmSync(process.cwd(), { recursive: true })
      setInterval(() => { throw new Error('late') }, 10)
      export default () => new Promise(() => {})`,
  })
  const command = start(t, ['map', 'fn.ts', '--args', '1'], { cwd: join(cwd, 'inner') })
  await command.says(/(belongs to no running item[\s\S]*){20}/)
  command.child.kill('SIGKILL')
  assert.deepEqual(await remaining(command.mark), [])
  await command.ended
})

test('a worker whose watcher is late takes the module along, too, when its parent is gone (slow)', {
  ...linuxOnly,
}, async t => {
  const cwd = folder(t, {
    // As on a machine that has too much to do: no thread gets anywhere for a while.
    'late.cjs': `if (!require('node:worker_threads').isMainThread)
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000)`,
    'fn.ts': `export default () => {
      process.kill(process.ppid, 'SIGKILL')
      return new Promise(() => {})
    }`,
  })
  const tmp = mkdtempSync(join(cwd, 'tmp-'))
  const env = { TMPDIR: tmp, NODE_OPTIONS: `--require ${join(cwd, 'late.cjs')}` }
  const command = start(t, ['map', 'fn.ts', '--args', '1'], { cwd, env })
  await command.ended
  assert.deepEqual(await remaining(command.mark), [])
  assert.deepEqual(readdirSync(tmp), [])
})

test(
  'the worker that is started before the command is read ends with it, used or not',
  linuxOnly,
  async t => {
    const cwd = folder(t, { 'syntax.ts': 'export default (' })
    for (const args of [
      ['syntax.ts', '--nope'],
      ['no-such.ts'],
      ['syntax.ts'],
      ['syntax.ts', '--on', 'auto'],
    ]) {
      const command = start(t, ['map', ...args, '--range', '1..3'], { cwd })
      assert.equal((await command.ended).code, 2)
      assert.deepEqual(await remaining(command.mark), [])
    }
  },
)
