import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Event, forever, race, run, select } from 'omakase'
import { turns } from '../core/turns.js'

test('an event lets everybody through who waits, in the order in which they came, and whoever comes later', async () => {
  const event = new Event()
  const through: number[] = []
  const tasks = [0, 1, 2].map(i =>
    run(function* () {
      yield* event.wait()
      through.push(i)
    }),
  )
  await turns()
  assert.deepEqual(through, [])
  assert.deepEqual(event.statistics(), { isSet: false, waiting: 3 })
  assert.equal(event.isSet, false)
  event.set()
  event.set()
  assert.equal(event.isSet, true)
  await Promise.all(tasks)
  assert.deepEqual(through, [0, 1, 2])
  await run(event.wait())
  assert.deepEqual(event.statistics(), { isSet: true, waiting: 0 })
})

test('an event that was cleared is waited for again; who was let through stays so', async () => {
  const event = new Event()
  const first = run(event.wait())
  await turns()
  event.set()
  event.clear()
  await first
  assert.equal(event.isSet, false)
  const second = run(event.wait())
  await turns()
  assert.equal(second.state, 'waiting')
  event.set()
  await second
})

test('an event may be set from outside of any task', async () => {
  const event = new Event()
  const task = run(event.wait())
  setImmediate(() => event.set())
  await task
})

test('R36: one event may stand in a contest twice', async () => {
  const event = new Event()
  const task = run(() => select({ one: event.wait(), two: event.wait(), never: forever() }))
  const other = run(() => race([event.wait(), event.wait()]))
  await turns()
  event.set()
  assert.equal((await task).name, 'one')
  await other
  assert.equal(event.statistics().waiting, 0)
})

test('an event can be awaited by async code', async () => {
  const event = new Event()
  event.set()
  await event.wait()
})
