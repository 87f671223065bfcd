import assert from 'node:assert/strict'
import { test } from 'node:test'
import { channel, checkpoint, moveOnAfter, now, race, run, sleep, spawn, timeout, wait } from 'omakase'
import { virtualClock, whenIdle } from 'omakase/testing'

for (const [which, options] of [
  ['a virtual clock', () => ({ clock: virtualClock() })],
  ['the real clock', () => ({})],
] as const) {
  test(`R47: whenIdle on ${which} waits until all other tasks are blocked`, async () => {
    await run(function* () {
      const log: string[] = []
      const [sender, receiver] = channel<number>()
      spawn(function* () {
        for (let i = 0; i < 300; i++) yield* checkpoint()
        yield* wait((async () => {})())
        for (let i = 0; i < 3; i++) yield* sender.send(i)
        log.push('sent')
        sender.close()
      })
      spawn(function* () {
        yield* receiver.receive()
        log.push('received')
        yield* receiver.receive()
        yield* wait(Promise.resolve())
        log.push('waits')
        yield* receiver.receive()
        log.push('and has received')
      })
      yield* whenIdle()
      assert.deepEqual(log.sort(), ['and has received', 'received', 'sent', 'waits'])
    }, options())
  })

  test(`R47: several wait for ${which} to be idle, and all go on`, async () => {
    await run(function* () {
      const tasks = [1, 2, 3].map(() => spawn(whenIdle))
      yield* whenIdle()
      yield* whenIdle()
      assert.deepEqual(
        tasks.map(task => task.state),
        ['ok', 'ok', 'ok'],
      )
    }, options())
  })
}

test('R47: those who wait for idleness go on before the clock jumps', async () => {
  const log: string[] = []
  await run(
    function* () {
      spawn(function* () {
        yield* sleep(10)
        log.push(`slept ${now()}`)
      })
      for (let i = 0; i < 3; i++) {
        yield* whenIdle()
        log.push(`idle ${now()}`)
      }
      yield* sleep(10)
      yield* whenIdle()
      log.push(`idle ${now()}`)
    },
    { clock: virtualClock() },
  )
  assert.deepEqual(log, ['idle 0', 'idle 0', 'idle 0', 'slept 10', 'idle 10'])
})

test('R47: a wait for idleness can be given up, lose and win', async () => {
  const clock = virtualClock()
  await run(
    function* () {
      const busy = spawn(function* () {
        for (let i = 0; i < 1000; i++) yield* checkpoint()
      })
      const cancelled = spawn(whenIdle)
      yield* checkpoint()
      cancelled.cancel()
      assert.equal((yield* cancelled.settled()).status, 'cancelled')
      assert.equal(busy.state, 'ready')
      assert.equal((yield* race([whenIdle(), busy.settled()]))?.status, 'ok')
      assert.equal(yield* race([whenIdle(), sleep(1)]), undefined)
      assert.equal(now(), 0)
      yield* timeout(1, whenIdle)
      assert.equal(yield* moveOnAfter(1, () => whenIdle()), undefined)
      assert.equal(now(), 0)
    },
    { clock },
  )
})

test('R47: the clock tells async code when its tasks are idle', async () => {
  const clock = virtualClock({ autojump: false })
  const log: number[] = []
  const task = run(
    function* () {
      for (let i = 0; i < 100; i++) {
        yield* checkpoint()
        log.push(i)
      }
      yield* sleep(1)
    },
    { clock },
  )
  await clock.whenIdle()
  assert.equal(log.length, 100)
  await clock.advance(1)
  assert.equal(task.state, 'ok')
})

test('R47: whenIdle comes back where no other task is', async () => {
  await virtualClock().whenIdle()
  await run(whenIdle)
})
