import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Histogram } from '#src/map/record/histogram.js'
import { Samples } from '#src/map/record/samples.js'
import { Slowest } from '#src/map/record/slowest.js'

test('a run of any length is kept in at most 600 samples, evenly spaced', () => {
  const samples = new Samples()
  for (let at = 0; at < 3_600_000; at += samples.everyMs)
    samples.add({ at, ok: at, failed: 0, running: 1, workers: 1 })
  assert.ok(samples.list.length <= 600 && samples.list.length >= 290, `${samples.list.length}`)
  const gaps = samples.list.slice(1).map(({ at }, i) => at - samples.list[i]!.at)
  assert.ok(Math.max(...gaps) <= 2 * Math.min(...gaps))
})

test('of a million items the slowest twenty are kept, the slowest first', () => {
  const slowest = new Slowest()
  for (let i = 0; i < 1_000_000; i++) slowest.add(i, `item ${i}`, (i * 7919) % 1_000_003)
  assert.equal(slowest.list.length, 20)
  const times = slowest.list.map(({ ms }) => ms)
  assert.deepEqual(
    times,
    [...times].sort((a, b) => b - a),
  )
  assert.ok(times.at(-1)! > 999_900)
})

test('of a long input the beginning is kept', () => {
  const slowest = new Slowest()
  slowest.add(0, 'x'.repeat(10_000), 5)
  slowest.add(1, new Uint8Array(1 << 20), 4)
  slowest.add(2, 10n, 3)
  assert.ok(slowest.list[0]!.input.length < 300)
  assert.equal(slowest.list[1]!.input, '1048576 bytes')
  assert.equal(slowest.list[2]!.input, '10')
})

test('the times of items are counted in buckets, from which shares can be told', () => {
  const histogram = new Histogram()
  for (let i = 0; i < 990; i++) histogram.add(10)
  for (let i = 0; i < 10; i++) histogram.add(1000)
  assert.equal(
    histogram.bars.reduce((sum, { items }) => sum + items, 0),
    1000,
  )
  const near = (ms: number, expected: number) => ms >= expected / 1.01 && ms <= expected * 1.2
  assert.ok(near(histogram.quantile(0.5), 10))
  assert.ok(near(histogram.quantile(0.999), 1000))
  assert.deepEqual(new Histogram().bars, [])
  assert.equal(new Histogram().quantile(0.5), 0)
})

test('times of nothing, and of years, have their place as well', () => {
  const histogram = new Histogram()
  for (const ms of [0, 1e-9, 1e15]) histogram.add(ms)
  assert.equal(
    histogram.bars.reduce((sum, { items }) => sum + items, 0),
    3,
  )
})
