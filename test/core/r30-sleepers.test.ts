import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { forever, run, sleep, spawn, timeout } from 'omakase'
import { realTimers, type Timed, timersOf } from '#src/core/timers.js'
import { Random } from './random-trees/random.js'
import { SteppingClock } from './stepping-clock.js'
import { turns } from './turns.js'

// A million takes a second or two, and shows nothing more.
const SLEEPERS = 100_000

function nativeTimers(): number {
  return process.getActiveResourcesInfo().filter(kind => kind === 'Timeout').length
}

test(`R30: ${SLEEPERS} sleeping tasks, each with a deadline of its own or without, need one native timer in all (slow)`, async () => {
  const before = nativeTimers()
  const task = run(function* () {
    for (let i = 0; i < SLEEPERS; i++)
      spawn(i % 10 === 0 ? () => timeout(2e6 + i, forever) : () => sleep(1e6 + i))
    yield* forever()
  })
  while (realTimers.size < SLEEPERS) await turns(1)
  assert.equal(nativeTimers() - before, 1)
  task.cancel()
  await task.settled()
  assert.equal(realTimers.size, 0)
  assert.equal(nativeTimers() - before, 0, 'what stays keeps no process alive')
})

test('R30: a sleeping task takes less than 500 bytes of heap (slow)', () => {
  const program = fileURLToPath(new URL('heap-of-sleepers.js', import.meta.url))
  const bytes = Number(execFileSync(process.execPath, ['--expose-gc', program], { encoding: 'utf8' }))
  assert.ok(bytes > 100 && bytes < 500, `${bytes} bytes`)
})

test('R30: sleepers that come and go in any order never need a second native timer', async () => {
  const before = nativeTimers()
  let most = 0
  await run(function* () {
    for (let i = 0; i < 200; i++) {
      spawn(function* () {
        yield* sleep((i * 37) % 20)
        most = Math.max(most, nativeTimers() - before)
        yield* sleep((i * 13) % 10)
        most = Math.max(most, nativeTimers() - before)
      })
    }
  })
  assert.ok(most <= 1, `${most} native timers`)
})

test('R30: whatever is added and taken away, what is left falls due in order, first come first served', () => {
  const clock = new SteppingClock()
  const timers = timersOf(clock)
  const random = new Random(30)
  const fired: string[] = []
  const expected: { due: number; nth: number }[] = []
  const standing: { timed: Timed; due: number; nth: number }[] = []
  for (let nth = 0; nth < 3000; nth++) {
    const due = random.below(500)
    const timed: Timed = { order: 0, slot: -1, isDeadline: false, expire: () => fired.push(`${due} ${nth}`) }
    timers.add(timed, due)
    standing.push({ timed, due, nth })
    if (random.chance(0.4)) {
      const [gone] = standing.splice(random.below(standing.length), 1)
      timers.remove(gone!.timed)
      timers.remove(gone!.timed)
    }
  }
  expected.push(...standing)
  expected.sort((a, b) => a.due - b.due || a.nth - b.nth)
  clock.jump(500)
  assert.deepEqual(
    fired,
    expected.map(({ due, nth }) => `${due} ${nth}`),
  )
  assert.equal(timers.size, 0)
})
