import assert from 'node:assert/strict'
import { test } from 'node:test'
import { start } from '../cli/support/command.js'
import { assertEachOnce, linesOf } from '../cli/support/journal.js'
import { remaining } from '../cli/support/processes.js'
import { machine } from './support/machine.js'
import { Noted } from './support/noted.js'
import { redis, withRedis } from './support/redis.js'

test('what a killed machine had reported is not run again, and what it ran is', withRedis, async t => {
  const { url } = await redis(t)
  const victim = await machine(t, url, 'victim')
  // One chunk of all of them, in which the first hundred end at once.
  const fn = new Noted(
    t,
    `export default async (n: number) => {
      note('ran.txt', n)
      while (n >= 150 && !isThere('go')) await pause(5)
      return n
    }`,
  )
  const args = ['map', 'fn.ts', '--range', '0..199', '--on', url, '-o', 'o.jsonl']
  const run = start(t, args, { cwd: fn.cwd })
  await fn.written(150)
  victim.child.kill('SIGKILL')
  fn.make('go')
  await machine(t, url, 'heir')
  const { code, stderr } = await run.ended
  assert.equal(code, 0, stderr)
  assertEachOnce(fn.output, 200)
  const ran = fn.of('ran.txt').map(Number)
  assert.deepEqual(
    ran.filter(n => n < 150).sort((a, b) => a - b),
    Array.from({ length: 150 }, (_, n) => n),
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
