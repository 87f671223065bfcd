import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { type Command, omakase, start } from '../cli/support/command.js'
import { assertEachOnce, linesOf } from '../cli/support/journal.js'
import { assertNothingLeft, type Watched, watched } from './support/left.js'
import { Noted } from './support/noted.js'
import { type RedisServer, redis, withRedis } from './support/redis.js'

/** The first twenty to begin end at once; the others when there is a file `go`. */
const GATE = `export default async (n: number, { attempt }: { attempt: number }) => {
  const place = begin(n)
  note(process.env.MACHINE + '.txt', n)
  await pause(5)
  while (place >= 20 && !isThere('go')) await pause(5)
  return attempt
}`

/** As it is, but a coroutine whose cleanup leaves a note; with a file `stay` that never ends. */
const CLEANING = `import { co, sleep } from 'omakase'
export default co(function* (n: number) {
  const place = begin(n)
  note(process.env.MACHINE + '.txt', n)
  let isDone = false
  try {
    yield* sleep(5)
    while (place >= 20 && !isThere('go')) yield* sleep(5)
    isDone = true
    return n
  } finally {
    if (!isDone) {
      note('left.txt', n)
      yield* sleep(20)
      while (isThere('stay')) yield* sleep(5)
      note('cleaned.txt', n)
    }
  }
})`

const ARGS = ['--range', '0..199', '-o', 'o.jsonl']

interface Stage {
  readonly server: RedisServer
  readonly fn: Noted
  readonly one: Watched
  readonly two: Watched
  readonly run: Command
  /** The same command, to be gone on with. */
  readonly args: readonly string[]
}

/** Two machines in the middle of a run: both have items that do not end. */
async function stage(t: TestContext, code: string): Promise<Stage> {
  const server = await redis(t)
  const one = await watched(t, server.url, 'one')
  const two = await watched(t, server.url, 'two')
  const fn = new Noted(t, code)
  const args = ['map', 'fn.ts', ...ARGS, '--on', server.url]
  const run = start(t, args, { cwd: fn.cwd })
  await fn.written(20)
  while (waiting(fn, 'one').length === 0 || waiting(fn, 'two').length === 0)
    await pause(5, undefined, { signal: t.signal })
  return { server, fn, one, two, run, args }
}

function waiting(fn: Noted, name: string): number[] {
  const ended = new Set(first(fn))
  return fn
    .of(`${name}.txt`)
    .map(Number)
    .filter(n => !ended.has(n))
}

function first(fn: Noted): number[] {
  return sorted(fn.of('begun.txt').slice(0, 20))
}

async function resumes(t: TestContext, { fn, args, server, one, two }: Stage): Promise<void> {
  fn.make('go')
  const ended = await omakase(t, [...args, '--resume'], { cwd: fn.cwd })
  assert.equal(ended.code, 0, ended.stderr)
  assertEachOnce(fn.output, 200)
  await assertNothingLeft(t, server, [one, two])
}

test('a machine that is asked to go lets end what runs and gives back the rest', withRedis, async t => {
  const { fn, one, two, run, server } = await stage(t, GATE)
  one.worker.child.kill('SIGTERM')
  await one.worker.says(/letting what runs end/)
  fn.make('go')
  assert.equal((await one.worker.ended).code, 0)
  const { code, stderr } = await run.ended
  assert.equal(code, 0, stderr)
  assertEachOnce(fn.output, 200)
  // Nothing was run twice.
  assert.equal(fn.of('begun.txt').length, 200)
  assert.ok(linesOf(fn.output).every(({ output }) => output === 1))
  await assertNothingLeft(t, server, [one, two], [run])
})

test('asked twice it cancels what runs, which others do, with no attempt counted', withRedis, async t => {
  const { fn, one, two, run, server } = await stage(t, CLEANING)
  one.worker.child.kill('SIGINT')
  await one.worker.says(/letting what runs end/)
  one.worker.child.kill('SIGINT')
  assert.equal((await one.worker.ended).code, 130)
  assert.deepEqual(sorted(fn.of('cleaned.txt')), sorted(waiting(fn, 'one')))
  fn.make('go')
  const { code, stderr } = await run.ended
  assert.equal(code, 0, stderr)
  assertEachOnce(fn.output, 200)
  assert.ok(linesOf(fn.output).every(({ attempts }) => attempts === undefined || attempts === 1))
  await assertNothingLeft(t, server, [one, two], [run])
})

test('Ctrl-C lets end what runs on the machines; --resume does the rest', withRedis, async t => {
  const there = await stage(t, GATE)
  const { fn, run, server, one, two } = there
  run.interrupt()
  await run.says(/letting what runs end/)
  fn.make('go')
  const { code, stderr } = await run.ended
  assert.equal(code, 130)
  assert.match(stderr, /^go on +the same command with --resume goes on with o\.jsonl$/m)
  assert.deepEqual(sorted(linesOf(fn.output).map(({ input }) => input)), sorted(fn.of('begun.txt')))
  assert.ok(fn.of('begun.txt').length < 200)
  await assertNothingLeft(t, server, [one, two], [run])
  await resumes(t, there)
  assert.equal(fn.of('begun.txt').length, 200)
})

test('a second Ctrl-C cancels on all machines, and cleanup runs there', withRedis, async t => {
  const there = await stage(t, CLEANING)
  const { fn, run, server, one, two } = there
  run.interrupt()
  await run.says(/letting what runs end/)
  run.interrupt()
  assert.equal((await run.ended).code, 130)
  const had = [...waiting(fn, 'one'), ...waiting(fn, 'two')]
  assert.deepEqual(sorted(fn.of('cleaned.txt')), sorted(had))
  assert.deepEqual(sorted(linesOf(fn.output).map(({ input }) => input)), first(fn))
  await assertNothingLeft(t, server, [one, two], [run])
  await resumes(t, there)
})

test('at the third the coordinator leaves, and what still cleans up is killed', withRedis, async t => {
  const there = await stage(t, CLEANING)
  const { fn, run, server, one, two } = there
  fn.make('stay')
  run.interrupt()
  await run.says(/letting what runs end/)
  const had = waiting(fn, 'one').length + waiting(fn, 'two').length
  run.interrupt()
  await fn.has('left.txt', had)
  run.interrupt()
  assert.equal((await run.ended).code, 130)
  await assertNothingLeft(t, server, [one, two], [run])
  assert.deepEqual(fn.of('cleaned.txt'), [])
  assert.deepEqual(sorted(linesOf(fn.output).map(({ input }) => input)), first(fn))
  await resumes(t, there)
})

test('nothing is left of a run that has ended, nor of a machine that was killed', withRedis, async t => {
  const { fn, run, server, one, two } = await stage(t, GATE)
  one.worker.child.kill('SIGKILL')
  await one.worker.ended
  fn.make('go')
  const { code, stderr } = await run.ended
  assert.equal(code, 0, stderr)
  assertEachOnce(fn.output, 200)
  await assertNothingLeft(t, server, [one, two], [run])
})

test('what a machine ran that dies while the run is stopped is not begun by others', withRedis, async t => {
  const there = await stage(t, GATE)
  const { fn, run, one, two, server } = there
  run.interrupt()
  await run.says(/letting what runs end/)
  one.worker.child.kill('SIGKILL')
  await one.worker.ended
  const had = new Set(waiting(fn, 'one'))
  fn.make('go')
  assert.equal((await run.ended).code, 130)
  assert.deepEqual(
    waiting(fn, 'two').filter(n => had.has(n)),
    [],
  )
  await assertNothingLeft(t, server, [one, two], [run])
  await resumes(t, there)
})

test('at --max-failures what runs is cancelled on all machines, and the run ends', withRedis, async t => {
  const server = await redis(t)
  const one = await watched(t, server.url, 'one')
  const two = await watched(t, server.url, 'two')
  const fn = new Noted(
    t,
    `import { co, sleep } from 'omakase'
    export default co(function* (n: number) {
      if (isThere('fail')) throw new Error('no')
      note('begun.txt', n)
      try {
        while (!isThere('fail') || n % 5 !== 0) yield* sleep(5)
        throw new Error('no')
      } finally {
        note('left.txt', n)
      }
    })`,
  )
  const args = ['map', 'fn.ts', ...ARGS, '--on', server.url, '--max-failures', '1']
  const run = start(t, args, { cwd: fn.cwd })
  await fn.has('begun.txt', 6)
  fn.make('fail')
  const { code, stderr } = await run.ended
  assert.equal(code, 1, stderr)
  assert.equal(linesOf(fn.output).length, 1)
  assert.deepEqual(sorted(fn.of('left.txt')), sorted(fn.of('begun.txt')))
  await assertNothingLeft(t, server, [one, two], [run])
})

test(
  'without a machine Ctrl-C ends the run at once, and takes back what was published',
  withRedis,
  async t => {
    const server = await redis(t)
    const fn = new Noted(t, GATE)
    const run = start(t, ['map', 'fn.ts', ...ARGS, '--on', server.url], { cwd: fn.cwd })
    const client = server.client(t)
    while ((await client.keys('omakase:work*:wait')).length === 0) await pause(20)
    run.interrupt()
    assert.equal((await run.ended).code, 130)
    await assertNothingLeft(t, server, [], [run])
    assert.deepEqual(await client.keys('omakase:work*:wait'), [])
  },
)

function sorted(list: readonly (number | string)[]): number[] {
  return list.map(Number).sort((a, b) => a - b)
}
