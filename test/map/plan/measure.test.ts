import assert from 'node:assert/strict'
import { test } from 'node:test'
import { classify } from '#src/map/plan/classify.js'
import { measure } from '#src/map/plan/measure.js'
import type { Usage } from '#src/workers/internal.js'

const usage = (at: number, active: number, begun: number, cpu = active): Usage => ({
  at,
  active,
  idle: at - active,
  cpu,
  queued: 0,
  loopQueued: 0,
  rss: 0,
  begun,
})

const times = (n: number, ms: number) => new Array<number>(n).fill(ms)

test('a loop that is busy with beginning many items that wait is not held against the few that have ended', () => {
  const measured = measure(times(8, 150), usage(0, 0, 0), usage(150, 140, 256))
  assert.ok(measured.activeMs < 2, `${measured.activeMs}`)
  assert.equal(classify(measured).nature, 'waits')
})

test('what was handed over and has not begun has no share', () => {
  const measured = measure(times(8, 10), usage(0, 0, 1), usage(80, 80, 9))
  assert.equal(measured.activeMs, 10)
  assert.equal(classify(measured).nature, 'computes')
})

test('the processor beyond the loop is that of the threads behind it', () => {
  const measured = measure(times(4, 200), usage(0, 0, 0), usage(200, 20, 4, 570))
  assert.equal(measured.offLoop, 2)
  assert.equal(classify(measured).nature, 'pool')
})

test('what the compiler uses while the first items run does not make them leave their work to threads', () => {
  const measured = measure(times(40, 30), usage(0, 0, 0), usage(30, 2, 40, 140))
  assert.equal(measured.offLoop, 0)
  assert.equal(classify(measured).nature, 'waits')
})

test('what the loop does before and beside the items is not taken for theirs', () => {
  const measured = measure(times(4, 9), usage(0, 0, 0), usage(100, 100, 4))
  assert.equal(measured.activeMs, 9)
})

test('what a loop waited for itself, and its garbage collection, is no work of the threads behind it', () => {
  // Overlapping requests keep the loop busy; the machine is full, and the compiler and the collector work beside it.
  const to = { ...usage(1000, 900, 300, 1000), queued: 1000, loopQueued: 500 }
  const measured = measure(times(200, 150), usage(0, 0, 0), to)
  assert.equal(measured.offLoop, 0)
  assert.equal(classify(measured).nature, 'waits')
  const behind = { ...to, active: 50, idle: 950 }
  assert.equal(classify(measure(times(200, 150), usage(0, 0, 0), behind)).nature, 'pool')
})

test('that the threads behind a blocked loop had no core, while others started, does not make it compute', () => {
  const to = { ...usage(500, 500, 10, 40), queued: 480, loopQueued: 20 }
  const measured = measure(times(10, 50), usage(0, 0, 0), to)
  assert.equal(classify(measured).nature, 'blocks')
  // In a thread nobody tells which of them had none.
  assert.equal(classify(measure(times(10, 50), usage(0, 0, 0), { ...to, loopQueued: 0 })).nature, 'computes')
})
