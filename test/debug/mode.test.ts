import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { afterEach, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { all, checkpoint, co, run, sleep } from 'omakase'
import { debugMode } from 'omakase/debug'
import { broadcast, pipe, toArray } from 'omakase/stream'
import { block } from '../core/turns.js'

let off: (() => void) | undefined
afterEach(() => off?.())

function* bare() {
  yield* sleep(1)
}

test('R45 the thresholds and the place for reports can be given', async () => {
  const reports: string[] = []
  off = debugMode({ slowStep: 5, report: message => reports.push(message) })
  await run(() => block(10), { name: 'slow' })
  assert.equal(reports.length, 1)
  assert.match(
    reports[0]!,
    /^Executing "slow" #\d+ took 0\.\d{3} seconds, spawned at .*mode\.test\.ts:\d+:\d+; /,
  )
})

test('R45 it can be turned on from within a task', async () => {
  const reports: string[] = []
  off = debugMode({ report: message => reports.push(message) })
  await run(function* () {
    off = debugMode({ report: message => reports.push(message) })
    yield* checkpoint()
  })
  assert.deepEqual(reports, [])
})

test('R45 turned off again it reports nothing', async () => {
  const reports: string[] = []
  debugMode({ slowStep: 5, report: message => reports.push(message) })()
  await run(function* () {
    block(10)
    yield* bare()
  })
  assert.deepEqual(reports, [])
})

test('R45 a coroutine that was dropped is reported when it is collected', async () => {
  const { stderr } = await promisify(execFile)(process.execPath, [
    '--expose-gc',
    fileURLToPath(new URL('dropped.js', import.meta.url)),
  ])
  assert.match(
    stderr,
    /^omakase: coroutine "dropped" was never yielded from, created at .*dropped\.ts:\d+:\d+; .*\nend\n$/,
  )
})

test('R45 what works without debug mode works in it', async () => {
  off = debugMode({ report: message => assert.fail(message) })
  const twice = co(function* (n: number) {
    yield* checkpoint()
    return n * 2
  })
  assert.equal(
    await run(function* () {
      return yield* twice(4)
    }),
    8,
  )
  assert.equal(await twice(2), 4)
})

test('R45 the generators of the runtime itself are nobody’s mistake', async () => {
  off = debugMode({ report: message => assert.fail(message) })
  const bodies = [1, 2, 3].map(n => () => n)
  assert.deepEqual(await run(() => all(bodies, { concurrency: 2 })), [1, 2, 3])
  await run(function* () {
    assert.deepEqual(yield* all(bodies, { concurrency: 2 }), [1, 2, 3])
    assert.deepEqual(yield* pipe([1, 2], broadcast(toArray(), toArray())), [
      [1, 2],
      [1, 2],
    ])
  })
})

test('R45 a threshold that is no duration is refused', () => {
  assert.throws(() => debugMode({ slowStep: -1 }), /slowStep got -1; give milliseconds/)
  assert.throws(() => debugMode({ slowCleanup: Number.NaN }), /slowCleanup got NaN; give milliseconds/)
})
