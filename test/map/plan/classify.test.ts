import assert from 'node:assert/strict'
import { test } from 'node:test'
import { choose } from '#src/map/plan/choose.js'
import { classify, type Nature } from '#src/map/plan/classify.js'
import { USUAL } from '#src/map/plan/costs.js'
import type { Measured } from '#src/map/plan/measure.js'
import { cores } from '#src/workers/cores.js'

const seen = (wallMs: number, activeMs: number, cpuMs: number, offLoop = 0): Measured => ({
  items: 8,
  wallMs,
  activeMs,
  cpuMs,
  queuedMs: 0,
  offLoop,
})

const table: [string, Measured, Nature][] = [
  ['a busy loop and a busy processor', seen(10, 10, 10), 'computes'],
  ['a busy loop and an idle processor', seen(100, 99, 2), 'blocks'],
  ['an idle loop and busy threads behind it', seen(100, 1, 40, 1.8), 'pool'],
  ['neither', seen(200, 1, 1), 'waits'],
  ['some of each', seen(20, 8, 8), 'mixed'],
  ['next to no time at all, of which messages are the most', seen(0.002, 0.0005, 0), 'computes'],
]

for (const [what, measured, nature] of table) {
  test(`${what}: it ${nature}`, () => assert.equal(classify(measured).nature, nature))
}

test('a core that others use as well does not make computing a blocking call', () => {
  const measured = { ...seen(100, 99, 20), queuedMs: 78 }
  assert.equal(classify(measured).nature, 'computes')
})

const auto = { on: 'auto' } as const

test('what waits gets one event loop, adaptive, however many items there are', () => {
  for (const remaining of [10, 1000, undefined]) {
    const { plan } = choose({ measured: seen(200, 1, 1), remaining, fixed: auto })
    assert.equal(plan.executor, 'loop')
    assert.ok(plan.isAdaptive)
  }
})

test('what waits for long, and computes so much that one loop would be full, gets several', () => {
  const { plan } = choose({ measured: seen(125, 12, 16), remaining: 500, fixed: auto })
  assert.equal(plan.workers, cores())
  assert.ok(plan.isAdaptive)
  assert.equal(choose({ measured: seen(50, 3, 4), remaining: 4000, fixed: auto }).plan.workers, 1)
  assert.equal(choose({ measured: seen(125, 12, 16), remaining: 10, fixed: auto }).plan.workers, 1)
})

test('the compiler, busy beside the first items, does not hide that the loop is what holds them up', () => {
  const { plan } = choose({ measured: seen(1, 1, 2.3, 1.3), remaining: 4000, fixed: auto })
  assert.equal(plan.workers, cores())
})

test('what computes gets a process a core where there is enough of it, and the loop where there is not', () => {
  const much = choose({ measured: seen(10, 10, 10), remaining: 10_000, fixed: auto }).plan
  assert.equal(much.workers, cores())
  assert.equal(much.executor, cores() > 1 ? 'processes' : 'loop')
  assert.equal(choose({ measured: seen(10, 10, 10), remaining: 5, fixed: auto }).plan.executor, 'loop')
})

test('more processes must pay for what each of them loads and sets up', () => {
  const light = choose({ measured: seen(10, 10, 10), remaining: 300, fixed: auto }).plan
  const heavy = choose({ measured: { ...seen(10, 10, 10), loadMs: 5000 }, remaining: 300, fixed: auto }).plan
  assert.equal(light.executor, cores() > 1 ? 'processes' : 'loop')
  assert.equal(heavy.executor, 'loop')
})

test('what blocks gets more processes than there are cores', () => {
  const { plan } = choose({ measured: seen(100, 99, 2), remaining: 10_000, fixed: auto })
  assert.ok(plan.workers > cores())
  assert.equal(plan.concurrency, 1)
})

test('small items go in messages of about the same amount of work', () => {
  const fixed = { on: 'processes' } as const
  const batch = (ms: number) => choose({ measured: seen(ms, ms, ms), remaining: 1e6, fixed }).plan.batch
  assert.equal(batch(100), 1)
  assert.equal(batch(1), 25)
  assert.ok(batch(0.01) > 1000)
})

test('what was fixed is kept, and the rest is chosen', () => {
  const fixed = { on: 'processes', workers: 3, concurrency: 6, batch: 2 } as const
  const { plan } = choose({ measured: seen(200, 1, 1), remaining: 1000, fixed })
  assert.deepEqual([plan.executor, plan.workers, plan.concurrency], ['processes', 3, 2])
  assert.equal(
    choose({ measured: seen(5, 5, 5), remaining: 1e5, fixed: { on: 'loop' } }).plan.executor,
    'loop',
  )
  const { plan: asked, reason } = choose({
    measured: seen(5, 5, 5),
    remaining: 1e5,
    fixed: { on: 'auto', workers: 9 },
  })
  assert.equal(asked.workers, 9)
  assert.equal(reason, '--workers 9 was asked for')
})

test('tiny items are no reason for a second process, and those of ten microseconds are', () => {
  const executor = (ms: number, isCold: boolean) =>
    choose({ measured: seen(ms, ms, ms), remaining: 1e6, isCold, fixed: auto }).plan.executor
  assert.equal(executor(0.001, false), 'loop')
  // What was seen of them may be the compiler's.
  assert.equal(executor(0.0015, true), 'loop')
  assert.equal(executor(0.01, true), cores() > 1 ? 'processes' : 'loop')
})

test('the prediction of each alternative stands beside the choice, the best first', () => {
  const { alternatives, predictedMs } = choose({ measured: seen(10, 10, 10), remaining: 10_000, fixed: auto })
  assert.deepEqual(
    alternatives.map(one => one.plan.executor).sort(),
    cores() > 1 ? ['loop', 'processes'] : ['loop'],
  )
  assert.ok(alternatives[0]!.predictedMs <= predictedMs)
})

test('a process that is there already costs no start', {
  skip: cores() < 2 && 'one core has no use for two',
}, () => {
  const measured = seen(1, 1, 1)
  const fixed = { on: 'auto', workers: 2 } as const
  const [one, two] = [1, 2].map(started => choose({ measured, remaining: 100, started, fixed }).predictedMs)
  assert.equal(Math.round(one! - two!), USUAL.startMs)
})
