import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Lane } from '#src/map/run/lane.js'
import { Tally } from '#src/map/run/tally.js'
import { Watch } from '#src/map/run/watch.js'
import type { Usage } from '#src/workers/internal.js'

const usage = (at: number): Usage => ({
  at,
  active: at,
  idle: 0,
  cpu: 0,
  queued: 0,
  loopQueued: 0,
  rss: 0,
  begun: at,
})

function lane(at: number): Lane {
  const lane = new Lane()
  lane.loaded = { options: undefined, loadMs: 0, setupMs: 0, usage: usage(at) }
  lane.usage = usage(at)
  return lane
}

test('what is seen while most of the workers start is said to be so, and then no more', () => {
  const tally = new Tally()
  const lanes = [lane(100)]
  const watch = new Watch(tally, lanes)
  const look = () => {
    for (let items = 0; items < 20; items++) tally.succeeded(50)
    for (const one of lanes) one.usage = usage(one.usage!.at + 500)
    return watch.look()!.isStarting
  }
  assert.equal(look(), false)
  lanes.push(lane(10), lane(10), lane(10))
  assert.equal(look(), true)
  assert.equal(look(), false)
  // One that was replaced among many is nothing.
  lanes[0] = lane(10)
  assert.equal(look(), false)
})
