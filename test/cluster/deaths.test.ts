import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { omakase, start } from '../cli/support/command.js'
import { assertEachOnce, linesOf } from '../cli/support/journal.js'
import { remaining } from '../cli/support/processes.js'
import { machine } from './support/machine.js'
import { Noted } from './support/noted.js'
import { redis, withRedis } from './support/redis.js'

test('what a killed machine had reported is not run again, and what it ran is', withRedis, async t => {
  const { url } = await redis(t)
  const victim = await machine(t, url, 'victim')
  const fn = new Noted(
    t,
    `export default async (n: number) => {
      const place = begin(n, 'ran.txt')
      while (place >= 150 && !isThere('go')) await pause(5)
      return n
    }`,
  )
  const args = ['map', 'fn.ts', '--range', '0..199', '--on', url, '-o', 'o.jsonl']
  const run = start(t, args, { cwd: fn.cwd })
  await fn.written(150)
  const reported = new Set(linesOf(fn.output).map(({ input }) => input))
  victim.child.kill('SIGKILL')
  fn.make('go')
  await machine(t, url, 'heir')
  const { code, stderr } = await run.ended
  assert.equal(code, 0, stderr)
  assertEachOnce(fn.output, 200)
  const ran = fn.of('ran.txt').map(Number)
  assert.deepEqual(
    ran.filter(n => reported.has(n)).sort((a, b) => a - b),
    [...reported].sort((a, b) => a - b),
  )
  if (process.platform === 'linux') assert.deepEqual(await remaining(victim.mark), [])
})

test(
  'an item that kills machine after machine fails, and says which; the others end well (slow)',
  withRedis,
  async t => {
    const { url } = await redis(t)
    const isOver = { yes: false }
    const names = ['one', 'two']
    const fn = new Noted(
      t,
      `export default async (n: number) => {
      note('ran.txt', n)
      if (n === 17) process.kill(process.ppid, 'SIGKILL')
      await pause(n === 17 ? 10_000 : 1)
      return n
    }`,
    )
    const served = names.map(async name => {
      while (!isOver.yes) {
        const worker = await machine(t, url, name)
        await Promise.race([worker.ended, ended])
        if (isOver.yes) worker.child.kill('SIGTERM')
      }
    })
    const run = start(t, ['map', 'fn.ts', '--range', '0..39', '--on', url, '-o', 'o.jsonl'], { cwd: fn.cwd })
    const ended = run.ended
    const { code, stderr } = await ended
    isOver.yes = true
    await Promise.all(served)
    assert.equal(code, 1, stderr)
    assertEachOnce(fn.output, 40)
    const failed = linesOf(fn.output).filter(({ error }) => error !== undefined)
    assert.deepEqual(
      failed.map(({ input, error }) => [input, error!.name]),
      [[17, 'WorkerDied']],
    )
    assert.match(failed[0]!.error!.message, /omakase worker died on (one|two), then on (one|two)/)
  },
)

test(
  'a stopped machine that wakes up drops what others have by now, and works on (slow)',
  withRedis,
  async t => {
    const { url } = await redis(t)
    const zombie = await machine(t, url, 'zombie', [], { MACHINE: 'zombie' })
    const fn = new Noted(
      t,
      `const here = process.env.MACHINE
    export default async (n: number, { signal }: { signal: AbortSignal }) => {
      note(here + '.txt', n)
      await pause(20)
      if (n < 20 || isThere('go')) return n
      signal.addEventListener('abort', () => note(here + '-cancelled.txt', n))
      while (!isThere('go') && !signal.aborted) await pause(5)
      return n
    }`,
    )
    const run = start(t, ['map', 'fn.ts', '--range', '0..39', '--on', url, '-o', 'o.jsonl'], { cwd: fn.cwd })
    await fn.has('zombie.txt', 22)
    await fn.written(20)
    zombie.child.kill('SIGSTOP')
    const heir = await machine(t, url, 'heir', [], { MACHINE: 'heir' })
    const held = fn.of('zombie.txt').filter(n => Number(n) >= 20)
    while (!held.every(n => fn.of('heir.txt').includes(n))) await pause(20)
    zombie.child.kill('SIGCONT')
    while (!held.every(n => fn.of('zombie-cancelled.txt').includes(n))) await pause(20)
    fn.make('go')
    const { code, stderr } = await run.ended
    assert.equal(code, 0, stderr)
    assertEachOnce(fn.output, 40)
    assert.deepEqual(fn.of('heir-cancelled.txt'), [])
    heir.child.kill('SIGTERM')
    await heir.ended
    const after = await omakase(t, ['map', 'fn.ts', '--range', '0..39', '--on', url], { cwd: fn.cwd })
    assert.equal(after.lines.length, 40, after.stderr)
  },
)

test(
  'an item that kills its worker process is blamed by its machine, once, and not tried again (slow)',
  withRedis,
  async t => {
    const { url } = await redis(t)
    const only = await machine(t, url, 'only')
    const fn = new Noted(
      t,
      `export default async (n: number, { attempt }: { attempt: number }) => {
      note('ran.txt', n + ' ' + attempt)
      if (n === 17) process.exit(3)
      await pause(n % 3)
      return n
    }`,
    )
    const args = ['map', 'fn.ts', '--range', '0..39', '--on', url, '-o', 'o.jsonl', '--retries', '3']
    const { code, stderr } = await omakase(t, [...args, '--report', 'r.json'], { cwd: fn.cwd })
    assert.equal(code, 1, stderr)
    assertEachOnce(fn.output, 40)
    const failed = linesOf(fn.output).filter(({ error }) => error !== undefined)
    assert.deepEqual(
      failed.map(({ input, error }) => [input, error!.name]),
      [[17, 'WorkerDied']],
    )
    assert.match(failed[0]!.error!.message, /exited with code 3, twice/)
    const ran = fn.of('ran.txt').map(line => line.split(' ').map(Number) as [number, number])
    let reruns = 0
    for (const { input, attempts = 1 } of linesOf(fn.output)) {
      reruns += attempts - 1
      const times = ran.filter(([n]) => n === input).map(([, attempt]) => attempt)
      assert.equal(times.at(-1), attempts, `item ${input}`)
      assert.equal(new Set(times).size, times.length)
    }
    const report = JSON.parse(readFileSync(`${fn.cwd}/r.json`, 'utf8'))
    assert.equal(report.workerDeaths, ran.filter(([n]) => n === 17).length)
    assert.equal(report.reruns, reruns)
    assert.match(stderr, /^deaths +\d of a worker/m)
    assert.equal(only.child.exitCode, null)
  },
)

for (const [what, code, limits, message] of [
  ['never comes back', 'await new Promise(() => {})', ['--timeout', '900ms'], /timed out after 900 ms/],
  ['never lets go of its loop', 'for (;;);', ['--timeout', '900ms'], /timed out after 900 ms: it held/],
  [
    'takes more memory than it may',
    `const all: unknown[] = []
      for (;;) {
        all.push(Buffer.alloc(8 << 20, 1))
        await pause(5)
      }`,
    ['--memory', '150MB'],
    /past its memory/,
  ],
] as const) {
  test(`an item that ${what} fails on a machine as it does here (slow)`, withRedis, async t => {
    const { url } = await redis(t)
    await machine(t, url, 'only')
    const fn = new Noted(
      t,
      `export default async (n: number) => {
        if (n === 7) { ${code} }
        return n
      }`,
    )
    const args = ['map', 'fn.ts', '--range', '0..19', '--on', url, '-o', 'o.jsonl', ...limits]
    const ended = await omakase(t, args, { cwd: fn.cwd })
    assert.equal(ended.code, 1, ended.stderr)
    assertEachOnce(fn.output, 20)
    const failed = linesOf(fn.output).filter(({ error }) => error !== undefined)
    assert.deepEqual(
      failed.map(({ input }) => input),
      [7],
    )
    assert.match(failed[0]!.error!.message, message)
  })
}

test(
  'a machine where the function cannot be set up is left out, by name; on all of them the run fails (slow)',
  withRedis,
  async t => {
    const { url } = await redis(t)
    const one = await machine(t, url, 'one', [], { HAS: 'it' })
    const fn = new Noted(
      t,
      `export const setup = () => {
      if (process.env.HAS === undefined || isThere('gone')) throw new Error('no database')
    }
    export default async (n: number) => {
      const place = begin(n, 'ran.txt')
      await pause(5)
      while (place >= 20 && !isThere('go')) await pause(5)
      return n
    }`,
    )
    const args = ['map', 'fn.ts', '--range', '0..1999', '--on', url, '-o', 'o.jsonl']
    const run = start(t, args, { cwd: fn.cwd })
    await fn.written(20)
    const two = await machine(t, url, 'two')
    await run.says(/^omakase: two is left out: .*no database/ms)
    fn.make('go')
    const { code, stderr } = await run.ended
    assert.equal(code, 0, stderr)
    assertEachOnce(fn.output, 2000)
    fn.make('gone')
    for (const { child, ended } of [one, two]) {
      child.kill('SIGTERM')
      await ended
    }
    await machine(t, url, 'three', [], { HAS: 'it' })
    const failed = await omakase(t, [...args, '--force'], { cwd: fn.cwd })
    assert.equal(failed.code, 2)
    assert.match(failed.stderr, /on three: .*no database/s)
  },
)
