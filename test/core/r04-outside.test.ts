import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkpoint, co, currentTask, run, scope, spawn, suspend } from 'omakase'
import { turn } from './turns.js'

const outside = (): void => {
  assert.equal(currentTask(), undefined)
  assert.throws(() => spawn(function* lonelyChild() {}), { name: 'UsageError', message: /spawn/ })
}

test('R4: spawn outside of any task is refused, and says what to write', () => {
  outside()
  assert.throws(() => spawn(() => {}), { message: /run\(/ })
})

test('R4: after a task has run, failed or been cancelled, its place is not taken for the current one', async () => {
  await run(function* () {
    yield* checkpoint()
  })
  outside()
  const failing = run(() => {
    throw new Error('at the first step')
  })
  await failing.settled()
  outside()
  const cancelled = run(function* () {
    yield* checkpoint()
  })
  cancelled.cancel()
  await cancelled.settled()
  outside()
})

test('R4: code that runs between the steps of a task is outside: timers, promises, listeners', async () => {
  let checked = 0
  const check = () => {
    outside()
    checked++
  }
  await run(function* () {
    setImmediate(check)
    queueMicrotask(check)
    void Promise.resolve().then(check)
    yield* suspend(resume => {
      setTimeout(() => {
        check()
        resume()
        check()
      }, 1)
      return () => {}
    })
    yield* checkpoint()
  })
  await turn()
  assert.equal(checked, 5)
})

test('R4: an async body is in its task up to its first await, and outside after it', async () => {
  const log: unknown[] = []
  const task = run(async () => {
    log.push(currentTask() === task)
    await null
    outside()
    log.push('outside')
  })
  await task
  assert.deepEqual(log, [true, 'outside'])
})

test('R4: a coroutine that is awaited inside a task gives the task back its place', async () => {
  const inner = co(function* () {
    return { task: currentTask() }
  })
  const log: unknown[] = []
  const task = run(function* () {
    const promise = Promise.resolve(inner())
    log.push(currentTask() === task)
    yield* checkpoint()
    log.push(currentTask() === task)
    const other = yield* run(() => inner())
    log.push(other.task !== task, currentTask() === task)
    void promise
  })
  await task
  assert.deepEqual(log, [true, true, true, true])
})

test('R4: in calls, scopes and cleanup the current task is the one that runs them', async () => {
  const log: unknown[] = []
  const task = run(function* () {
    try {
      yield* scope(function* () {
        log.push(currentTask() === task)
        yield* co(function* () {
          yield* checkpoint()
          log.push(currentTask() === task)
        })()
        const child = spawn(function* () {
          log.push(currentTask() === child)
        })
        yield* child
      })
    } finally {
      log.push(currentTask() === task)
    }
  })
  await task
  assert.deepEqual(log, [true, true, true, true])
})
