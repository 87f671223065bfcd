import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  channel,
  checkpoint,
  moveOnAfter,
  now,
  run,
  scope,
  sleep,
  spawn,
  timeout,
  UsageError,
  wait,
} from 'omakase'
import { virtualClock } from 'omakase/testing'

test('R47: 450 virtual seconds pass while nothing else can happen, with exact wake times', async () => {
  const woken: number[] = []
  await run(
    function* () {
      for (let i = 0; i < 10; i++) {
        yield* sleep(i * 10_000)
        woken.push(now())
      }
    },
    { clock: virtualClock() },
  )
  assert.deepEqual(
    woken,
    [0, 10, 30, 60, 100, 150, 210, 280, 360, 450].map(s => s * 1000),
  )
})

test('R47: sleepers of one tree wake each at its own time, and those of one moment in the order in which they lay down', async () => {
  const log: string[] = []
  await run(
    function* () {
      for (const [name, ms] of [
        ['c', 30],
        ['a', 10],
        ['b', 20],
        ['b2', 20],
      ] as const) {
        spawn(function* () {
          yield* sleep(ms)
          log.push(`${name} ${now()}`)
        })
      }
    },
    { clock: virtualClock() },
  )
  assert.deepEqual(log, ['a 10', 'b 20', 'b2 20', 'c 30'])
})

test('R47: fractions of a millisecond are kept', async () => {
  const clock = virtualClock()
  await run(() => sleep(0.25), { clock })
  assert.equal(clock.now(), 0.25)
})

test('R47: time stands still while a task can go on', async () => {
  await run(
    function* () {
      const sleeper = spawn(() => sleep(1))
      for (let i = 0; i < 1000; i++) yield* checkpoint()
      assert.equal(now(), 0)
      yield* sleeper
      assert.equal(now(), 1)
    },
    { clock: virtualClock() },
  )
})

test('R47: deadlines pass at their own time, and an operation that falls due with one wins', async () => {
  await run(
    function* () {
      assert.equal(yield* moveOnAfter(5, () => sleep(1000)), undefined)
      assert.equal(now(), 5)
      yield* timeout(10, () => sleep(10))
      assert.equal(now(), 15)
      yield* scope(
        function* (inner) {
          yield* sleep(5)
          inner.deadline = now() + 100
          yield* sleep(50)
        },
        { timeout: 10 },
      )
      assert.equal(now(), 70)
    },
    { clock: virtualClock() },
  )
})

test('R47: a deadline that has passed already ends a loop that never waits', async () => {
  const ended = await run(
    () =>
      moveOnAfter(0, function* () {
        for (;;) yield* checkpoint()
      }),
    { clock: virtualClock() },
  )
  assert.equal(ended, undefined)
})

test('R47: a promise that is settled already is heard before time passes', async () => {
  await run(
    function* () {
      const sleeper = spawn(() => sleep(1))
      for (let i = 0; i < 20; i++) {
        yield* wait(
          (async () => {
            for (let hops = 0; hops < 10; hops++) await null
          })(),
        )
        assert.equal(now(), 0)
      }
      yield* sleeper
    },
    { clock: virtualClock() },
  )
})

test('R47: a task that waits for something outside counts as blocked', async () => {
  const clock = virtualClock()
  let settle!: () => void
  const outside = new Promise<void>(resolve => {
    settle = resolve
  })
  const task = run(
    function* () {
      spawn(() => wait(outside))
      yield* sleep(1000)
      settle()
    },
    { clock },
  )
  await task
  assert.equal(clock.now(), 1000)
})

test('R47: with a threshold, time waits for what takes a moment outside', async () => {
  const clock = virtualClock({ threshold: 200 })
  const heard = await run(
    () => moveOnAfter(1000, () => wait(new Promise<string>(resolve => setTimeout(resolve, 20, 'heard')))),
    { clock },
  )
  assert.equal(heard, 'heard')
  assert.equal(clock.now(), 0)
})

test('R47: without autojump time passes only when it is told to', async () => {
  const clock = virtualClock({ autojump: false })
  const woken: number[] = []
  const task = run(
    function* () {
      for (;;) {
        yield* sleep(10)
        woken.push(now())
      }
    },
    { clock },
  )
  await clock.whenIdle()
  assert.deepEqual(woken, [])
  await clock.advance(35)
  assert.deepEqual(woken, [10, 20, 30])
  assert.equal(clock.now(), 35)
  clock.jump(65)
  await clock.whenIdle()
  assert.deepEqual(woken, [10, 20, 30, 100], 'a jump wakes once, and late')
  await clock.advance(10)
  assert.deepEqual(woken, [10, 20, 30, 100, 110])
  task.cancel()
  await task.settled()
})

test('R47: time can be let pass from inside a task of the clock, too', async () => {
  const clock = virtualClock({ autojump: false })
  await run(
    function* () {
      const sleeper = spawn(() => sleep(10))
      yield* clock.advance(9)
      assert.equal(sleeper.state, 'waiting')
      yield* clock.advance(1)
      assert.equal(sleeper.state, 'ok')
    },
    { clock },
  )
})

test('R47: trees that share a clock share the time; another clock has its own', async () => {
  const clock = virtualClock()
  const log: string[] = []
  const sleeper = (name: string, ms: number) => () =>
    (function* () {
      yield* sleep(ms)
      log.push(`${name} ${now()}`)
    })()
  const other = virtualClock()
  await Promise.all([
    run(sleeper('a', 20), { clock }),
    run(sleeper('b', 10), { clock }),
    run(sleeper('c', 5), { clock: other }),
  ])
  assert.deepEqual(
    log.filter(each => !each.startsWith('c')),
    ['b 10', 'a 20'],
  )
  assert.ok(log.includes('c 5'))
  assert.deepEqual([clock.now(), other.now()], [20, 5])
})

test('R47: a tree on the real clock that is never idle does not hold up a virtual one', async () => {
  let stop = false
  const busy = run(function* () {
    while (!stop) yield* checkpoint()
  })
  const clock = virtualClock()
  await run(() => sleep(3_600_000), { clock })
  stop = true
  await busy
  assert.equal(clock.now(), 3_600_000)
})

test('R47: a sleep on the real clock is outside of a virtual one, and both end', async () => {
  const clock = virtualClock()
  await run(
    function* () {
      spawn(() => sleep(10))
      yield* wait(Promise.resolve(run(() => sleep(1))))
    },
    { clock },
  )
  assert.equal(clock.now(), 10)
})

test('R47: the clock goes on after it has stood still', async () => {
  const clock = virtualClock()
  const [sender, receiver] = channel<string>()
  const task = run(
    function* () {
      yield* receiver.receive()
      yield* sleep(10)
      return now()
    },
    { clock },
  )
  await clock.whenIdle()
  await new Promise(resolve => setTimeout(resolve, 5))
  sender.trySend('go on')
  assert.equal(await task, 10)
})

test('R47: durations that are none are refused', () => {
  const clock = virtualClock()
  for (const bad of [-1, Number.NaN, '5' as unknown as number]) {
    assert.throws(() => clock.jump(bad), UsageError)
    assert.throws(() => clock.advance(bad), UsageError)
    assert.throws(() => virtualClock({ threshold: bad }), UsageError)
  }
})
