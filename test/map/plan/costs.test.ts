import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { choose } from '#src/map/plan/choose.js'
import { USUAL } from '#src/map/plan/costs.js'
import { measureHere } from '#src/map/plan/costs-here.js'
import { keepCosts, keptCosts } from '#src/map/plan/kept-costs.js'
import type { Measured } from '#src/map/plan/measure.js'
import { cores } from '#src/workers/cores.js'

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'omakase-costs-'))
  t.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

const file = (path: string) => join(path, readdirSync(path)[0]!)

test('what was kept is there the next time, under a name with a version, and only for this user', t => {
  const path = join(folder(t), 'not', 'there yet')
  const costs = { ...USUAL, startMs: 77 }
  keepCosts(costs, path)
  assert.deepEqual(keptCosts(path), costs)
  assert.match(readdirSync(path).join(), /^costs-1-[0-9a-f]{12}\.json$/)
  assert.equal(statSync(file(path)).mode & 0o777, 0o600)
})

test('nothing was measured yet: there is nothing', t => {
  assert.equal(keptCosts(folder(t)), null)
})

for (const [what, text] of [
  ['broken', '{"startMs":'],
  ['empty', ''],
  ['something else', '[1, 2]'],
  ['incomplete', '{"startMs": 100}'],
  ['absurd', JSON.stringify({ ...USUAL, startMs: 1e9 })],
  ['no number', JSON.stringify({ ...USUAL, itemMs: null })],
] as const) {
  test(`a file that is ${what} counts as none`, t => {
    const path = folder(t)
    keepCosts(USUAL, path)
    writeFileSync(file(path), text)
    assert.equal(keptCosts(path), null)
  })
}

test('after a month it is measured anew, and also where the clock was a month ahead', t => {
  for (const days of [-31, 31]) {
    const path = folder(t)
    keepCosts(USUAL, path)
    const then = Date.now() / 1000 + days * 24 * 3600
    utimesSync(file(path), then, then)
    assert.equal(keptCosts(path), null)
  }
})

test('what cannot be true is not kept', t => {
  const path = folder(t)
  keepCosts({ ...USUAL, messageMs: Number.NaN }, path)
  assert.deepEqual(readdirSync(path), [])
})

test('where nothing can be kept, it counts for as long as this process lasts', t => {
  const path = join(folder(t), 'a file')
  writeFileSync(path, '')
  chmodSync(path, 0o400)
  const costs = { ...USUAL, startMs: 99 }
  keepCosts(costs, path)
  assert.deepEqual(keptCosts(path), costs)
})

test('measuring starts workers, talks to them, and keeps what that has cost', async t => {
  const path = folder(t)
  await measureHere(false, path).done
  const costs = keptCosts(path)
  assert.deepEqual(Object.keys(costs ?? {}).sort(), Object.keys(USUAL).sort())
})

test('measuring can be ended, and then keeps nothing', async t => {
  const path = folder(t)
  const measuring = measureHere(false, path)
  measuring.end()
  await measuring.done
  assert.deepEqual(readdirSync(path), [])
})

const computes = (ms: number, bytes = 0): Measured => {
  const activeMs = ms + (bytes / 1e6) * USUAL.megabyteThereMs
  return { items: 8, wallMs: ms, activeMs, cpuMs: activeMs, queuedMs: 0, offLoop: 0, bytes }
}
const auto = { on: 'auto' } as const

test('where processes are dear to start, more work must be there for them', { skip: cores() < 2 }, () => {
  const few = { measured: computes(10), remaining: 100, fixed: auto }
  assert.equal(choose({ ...few, costs: USUAL }).plan.executor, 'processes')
  assert.equal(choose({ ...few, costs: { ...USUAL, startMs: 2000 } }).plan.executor, 'loop')
})

test('of large items with tiny work nothing is gained elsewhere: they all pass through here', () => {
  const megabytes = choose({ measured: computes(0.3, 1e6), remaining: 5000, fixed: auto })
  assert.equal(megabytes.plan.executor, 'loop')
})

test('the same with small ones is for processes, and large ones with much work are, too', {
  skip: cores() < 2,
}, () => {
  const plan = (ms: number, bytes: number) =>
    choose({ measured: computes(ms, bytes), remaining: 5000, fixed: auto }).plan.executor
  assert.equal(plan(1.8, 0), 'processes')
  assert.equal(plan(40, 1e6), 'processes')
})

test('large items are dearer in threads than in processes: they pass through one more', () => {
  const measured = computes(0.3, 4e6)
  const fixed = { on: 'auto', isolate: false, workers: 2 } as const
  const { alternatives } = choose({ measured, remaining: 5000, fixed })
  const ms = (executor: string) => alternatives.find(({ plan }) => plan.executor === executor)!.predictedMs
  assert.ok(ms('threads') > ms('processes'))
})

test('of large outputs few go in one message, as of large inputs', () => {
  const batch = (bytes: number) =>
    choose({ measured: computes(0.1, bytes), remaining: 1e6, fixed: { on: 'processes' } }).plan.batch
  assert.equal(batch(0), 250)
  assert.equal(batch(10_000), 209)
  assert.equal(batch(2e6), 1)
})
