import assert from 'node:assert/strict'
import { test } from 'node:test'
import { channel, co, now, run, sleep, spawn } from 'omakase'
import { cancelSweep, explore, LeakError, runTest, whenIdle } from 'omakase/testing'
import { countAbove, poll } from './poller.js'

/** Takes 5 ms to connect, and 10 for each answer: one price after the other; an error is thrown. */
function sourceOf(...prices) {
  const source = { connections: 0, asked: [] }
  const close = () => source.connections--
  const ask = co(function* () {
    source.asked.push(now())
    const price = prices.length > 1 ? prices.shift() : prices[0]
    yield* sleep(10)
    if (price instanceof Error) throw price
    return price
  })
  source.connect = co(function* () {
    yield* sleep(5)
    source.connections++
    return { ask, close }
  })
  return source
}

test('it asks once a minute, and sends what is new', () =>
  runTest(function* () {
    const source = sourceOf(10, 10, 11)
    const [sender, receiver] = channel()
    const poller = spawn(() => poll(source.connect, sender))
    assert.equal(yield* receiver.receive(), 10)
    assert.equal(yield* receiver.receive(), 11)
    yield* whenIdle() // the poller sleeps again
    assert.equal(poller.state, 'waiting')
    poller.cancel()
    assert.deepEqual(source.asked, [5, 60_015, 120_025])
  }))

test('a source that fails is asked again after 1, 2 and 4 seconds', () =>
  runTest(function* () {
    const source = sourceOf(new Error('busy'), new Error('busy'), new Error('busy'), 7)
    const [sender, receiver] = channel()
    const poller = spawn(() => poll(source.connect, sender))
    assert.equal(yield* receiver.receive(), 7)
    poller.cancel()
    assert.deepEqual(source.asked, [5, 1015, 3025, 7035])
  }))

test('wherever it is cancelled, the connection is closed', async () => {
  let source
  const points = await cancelSweep(
    () => {
      source = sourceOf(1, 2, 3)
      return countAbove(1, 3, source.connect)
    },
    () => assert.equal(source.connections, 0),
  )
  assert.ok(points > 10)
})

test('it counts the same, whichever task goes on first', () =>
  explore(function* () {
    assert.equal(yield* countAbove(1, 3, sourceOf(1, 2, 3).connect), 2)
  }))

test('a poller that nobody waits for is found', async () => {
  const [sender] = channel(10)
  await assert.rejects(
    runTest(function* () {
      run(() => poll(sourceOf(1).connect, sender))
      yield* sleep(1)
    }),
    LeakError,
  )
})
