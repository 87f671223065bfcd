import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  CancelledError,
  channel,
  currentTask,
  forever,
  now,
  run,
  sleep,
  spawn,
  type Task,
  wait,
} from 'omakase'
import { cancelSweep, explore, LeakError, runTest, virtualClock, whenIdle } from 'omakase/testing'
import { block } from '../core/turns.js'

test('runTest gives what the body gives, and throws what it throws', async () => {
  assert.equal(await runTest(() => 5), 5)
  assert.equal(await runTest(sleep(10)), undefined)
  assert.equal(await runTest(async () => 'async'), 'async')
  const error = new Error('own')
  await assert.rejects(
    runTest(() => {
      throw error
    }),
    error,
  )
  await assert
    .rejects(
      runTest(() => currentTask()!.cancel('by itself')),
      CancelledError,
    )
    .catch(() => {})
})

test('runTest runs on a virtual clock, of its own or a given one', async () => {
  assert.equal(
    await runTest(function* () {
      yield* sleep(86_400_000)
      return now()
    }),
    86_400_000,
  )
  const clock = virtualClock()
  await runTest(() => sleep(5), { clock })
  assert.equal(clock.now(), 5)
})

test('a task that the body has started and not waited for fails the test, and is cancelled', async () => {
  let leaked: Task<unknown> | undefined
  await assert.rejects(
    runTest(function* () {
      leaked = run(function* poll() {
        for (;;) yield* sleep(1000)
      })
      yield* sleep(1)
    }),
    (error: LeakError) =>
      error instanceof LeakError &&
      error.tasks.length === 1 &&
      error.tasks[0] === leaked &&
      /^a task was still running when the test had ended: "poll" \(waits on sleep\)/.test(error.message),
  )
  assert.equal((await leaked!.settled()).status, 'cancelled')
})

test('a leaked task is found on the virtual clock, too, without time passing for it', async () => {
  const clock = virtualClock()
  await assert.rejects(
    runTest(
      function* () {
        for (const name of ['a', 'b']) {
          run(
            function* () {
              for (;;) yield* sleep(1)
            },
            { clock, name },
          )
        }
        yield* sleep(10)
      },
      { clock },
    ),
    /^LeakError: 2 tasks were still running/,
  )
  assert.equal(clock.now(), 10)
})

test('a task that async code awaits and nobody ends is found', async () => {
  const [, receiver] = channel()
  await assert.rejects(
    runTest(function* () {
      const ignore = () => {}
      void receiver.receive().then(ignore, ignore)
      yield* sleep(1)
    }),
    /LeakError: a task was still running .*waits on receive/,
  )
})

test('roots that are joined, or that end with the test, are no leak', async () => {
  await runTest(function* () {
    const joined = run(() => sleep(1))
    run(function* () {
      yield* wait(Promise.resolve())
    })
    yield* joined
    run(() => forever()).cancel()
  })
})

test('what ran before the test is none of its business', async () => {
  const server = run(forever)
  await runTest(() => sleep(1))
  assert.equal(server.state, 'waiting')
  server.cancel()
})

test('of tests that run at once, none is told of what another has started', async () => {
  await Promise.all(
    [1, 2, 3].map(() =>
      runTest(function* () {
        const outside = run(() => sleep(1))
        yield* wait(new Promise(resolve => setTimeout(resolve, 3)))
        yield* outside
      }),
    ),
  )
})

test('an error of the body and a leak are both told', async () => {
  await assert.rejects(
    runTest(function* () {
      run(forever)
      throw new Error('own')
    }),
    /^ScopeError: 2 errors: own; a task was still running/,
  )
})

test('a test in which nothing can go on any more fails, and says who waits on what', async () => {
  const body = function* main() {
    const [, receiver] = channel()
    spawn(() => receiver.receive(), { name: 'child' })
    yield* receiver.receive()
  }
  const stuck =
    /nothing can go on, and no time will change that: "main" \(waits on receive\), "child" \(waits on receive\)/
  await assert.rejects(runTest(body), { name: 'DeadlockError', message: stuck })
  await assert.rejects(explore(body), { name: 'ScheduleError', message: stuck })
})

test('a test that waits for something outside is not stuck, nor one whose clock somebody else moves', async () => {
  assert.equal(await runTest(() => wait(new Promise(resolve => setTimeout(resolve, 150, 'heard')))), 'heard')
  const clock = virtualClock({ autojump: false })
  const task = runTest(() => sleep(10), { clock })
  await new Promise(resolve => setTimeout(resolve, 150))
  clock.jump(10)
  await task

  const [sender, receiver] = channel<string>()
  setTimeout(() => sender.trySend('from outside'), 250)
  assert.equal(await runTest(() => receiver.receive()), 'from outside')
})

test('a message that comes in the very turn in which nothing seemed to go on any more is heard', async () => {
  const [sender, receiver] = channel<string>()
  setTimeout(() => sender.trySend('from outside'), 150)
  // By its end both are due: the message, and the look whether anything goes on.
  setTimeout(() => block(300), 60)
  assert.equal(await runTest(() => receiver.receive()), 'from outside')
})

test('a signal cancels the body', async () => {
  const controller = new AbortController()
  const test = runTest(forever, { signal: controller.signal })
  controller.abort('timed out')
  await assert.rejects(test, (error: CancelledError) => error.reason === 'timed out')
})

test('timers that a test has replaced do not stop the clock', async t => {
  t.mock.timers.enable({ apis: ['setTimeout', 'setImmediate', 'setInterval'] })
  const body = function* () {
    yield* wait(Promise.resolve())
    yield* sleep(1000)
    yield* whenIdle()
    return now()
  }
  assert.equal(await runTest(body), 1000)
  await explore(body, { seeds: 3 })
  await cancelSweep(body)
  await assert.rejects(runTest(forever), /nothing can go on/)
})
