import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MESSAGE_BYTES } from '#src/map/plan/costs.js'
import { Steady } from '#src/map/run/regulators.js'

const plan = { executor: 'processes', workers: 2, concurrency: 1, batch: 1, isAdaptive: false } as const

for (const bytes of [0, 5500, 4 * MESSAGE_BYTES])
  test(`the first message already holds no more than it should, where an item takes ${bytes} bytes`, () => {
    const { batch } = new Steady(
      plan,
      0.01,
      bytes,
      undefined,
      () => undefined,
      () => 0,
    )
    assert.ok(batch >= 1 && (batch === 1 || batch * bytes <= MESSAGE_BYTES), String(batch))
  })
