import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkpoint, run, spawn, timeout } from 'omakase'
import { fan, pipe, reduce } from 'omakase/stream'
import { Bell } from '#src/stream/bell.js'
import { fails } from '../core/fails.js'

const anybody = () => []

test('a bell that rings where nobody waits is heard by the next who does, once', async () => {
  const bell = new Bell('a ring', anybody)
  bell.ring()
  bell.ring()
  await run(() => bell.wait())
  await fails(
    run(() => timeout(1, bell.wait())),
    { name: 'TimeoutError' },
  )
  bell.ring()
  await run(() => bell.wait())
})

test('a bell that rings while a task stands at the back of the queue, on its way to wait, is heard', async () => {
  const bell = new Bell('a ring', anybody)
  await run(function* () {
    const waiting = spawn(function* () {
      const ready = new Bell('ready', anybody)
      for (let i = 0; i < 128; i++) {
        ready.ring()
        yield* ready.wait()
      }
      yield* bell.wait()
      return 'heard'
    })
    yield* checkpoint()
    bell.ring()
    assert.equal(yield* waiting, 'heard')
  })
})

test('a long fan of calls that are ready at once loses no wake-up', async () => {
  const sum = await pipe(
    fan(
      () => Array(20_000).keys(),
      n => n,
      { workers: 3, buffer: 1 },
    ),
    reduce((a, b) => a + b, 0),
  )
  assert.equal(sum, (20_000 * 19_999) / 2)
})
