import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkpoint, currentTask, run, scope, shield, sleep, spawn, suspend, timeout } from 'omakase'
import { atDepths } from './depths.js'
import { fails } from './fails.js'
import { paused } from './stepping-clock.js'
import { turns } from './turns.js'

atDepths('R21: the abort function runs once, however often the task is cancelled', async deep => {
  let aborts = 0
  const task = run(() =>
    deep(function* () {
      yield* suspend(() => () => void aborts++)
    }),
  )
  await turns()
  task.cancel('first')
  task.cancel('second')
  await turns()
  task.cancel('third')
  const exit = await task.settled()
  assert.equal(aborts, 1)
  assert.equal(exit.status, 'cancelled')
})

test('R21: the abort function runs once where several scopes around the wait are cancelled', async () => {
  let aborts = 0
  await fails(
    run(function* () {
      yield* scope(function* (outer) {
        yield* scope(function* (inner) {
          spawn(function* () {
            inner.cancel()
            outer.cancel()
            yield* checkpoint()
            currentTask()
          })
          yield* timeout(1, function* () {
            yield* suspend(() => () => void aborts++)
          })
        })
      })
    }),
    { name: 'CancelledError' },
  )
  assert.equal(aborts, 1)
})

test('R21: an abort function that cancels a scope further out is not called again for that', async () => {
  let aborts = 0
  const outcome = run(() =>
    scope(function* (outer) {
      yield* scope(function* (inner) {
        spawn(function* () {
          inner.cancel('inner')
        })
        yield* suspend(() => () => {
          aborts++
          outer.cancel('outer')
        })
      })
    }),
  )
  await fails(outcome, { name: 'CancelledError', reason: 'outer' })
  assert.equal(aborts, 1)
})

test('R21: a deadline and a cancel that arrive together abort once', async () => {
  let aborts = 0
  const { task, clock, ended } = await paused(function* () {
    yield* timeout(2, function* () {
      yield* suspend(() => () => void aborts++)
    })
  })
  clock.jump(6)
  task.cancel()
  assert.equal((await ended()).status, 'cancelled')
  assert.equal(aborts, 1)
})

test('R21: the abort function of a wait that has been resumed is not called by a cancel in the same turn', async () => {
  let aborts = 0
  let resume!: (value: string) => void
  const log: string[] = []
  const task = run(function* () {
    const value = yield* suspend<string>(go => {
      resume = go
      return () => void aborts++
    })
    log.push(value)
    yield* checkpoint()
    log.push('after the checkpoint')
  })
  await turns()
  resume('granted')
  task.cancel()
  await task.settled()
  assert.equal(aborts, 0)
  assert.deepEqual(log, ['granted'])
  assert.equal(task.state, 'cancelled')
})

test('R21: the abort function of an earlier wait is not called when a later one is cancelled', async () => {
  const aborted: number[] = []
  const task = run(function* () {
    for (let i = 0; i < 3; i++) {
      yield* suspend(resume => {
        if (i < 2) setImmediate(resume)
        return () => void aborted.push(i)
      })
    }
  })
  await turns()
  task.cancel()
  await task.settled()
  assert.deepEqual(aborted, [2])
})

test('R21: a wait that was resumed at once is never aborted', async () => {
  let aborts = 0
  const task = run(function* () {
    yield* suspend(resume => {
      resume()
      return () => void aborts++
    })
    yield* sleep(1000)
  })
  await turns()
  task.cancel()
  await task.settled()
  assert.equal(aborts, 0)
})

test('R21: a wait that answers while it is being aborted has completed; the cancel comes at the next checkpoint', async () => {
  const log: string[] = []
  const task = run(function* () {
    try {
      log.push(
        yield* suspend<string>((resume, fail) => () => {
          resume('answered')
          fail(new Error('second answer'))
        }),
      )
      yield* checkpoint()
      log.push('went on')
    } catch {
      log.push('caught')
    } finally {
      log.push('finally')
    }
  })
  await turns()
  task.cancel()
  assert.equal((await task.settled()).status, 'cancelled')
  assert.deepEqual(log, ['answered', 'finally'])
})

test('R21: resuming long after the abort changes nothing, also not for the wait that follows in the cleanup', async () => {
  let resumeAborted!: (value: string) => void
  let resumeCleanup!: (value: string) => void
  const log: string[] = []
  const task = run(function* () {
    try {
      yield* suspend<string>(resume => {
        resumeAborted = resume
        return () => {}
      })
    } finally {
      log.push(
        yield* suspend<string>(resume => {
          resumeCleanup = resume
          return () => {}
        }),
      )
    }
  })
  await turns()
  task.cancel()
  await turns()
  resumeAborted('of the aborted wait')
  await turns()
  resumeCleanup('of the cleanup')
  await task.settled()
  assert.deepEqual(log, ['of the cleanup'])
})

test('R21: only the first resume or fail of a wait counts', async () => {
  const value = await run(function* () {
    return yield* suspend<string>((resume, fail) => {
      setImmediate(() => {
        resume('first')
        resume('second')
        fail(new Error('third'))
      })
    })
  })
  assert.equal(value, 'first')
  const error = new Error('first')
  await fails(
    run(function* () {
      yield* suspend<string>((resume, fail) => {
        fail(error)
        resume('second')
      })
    }),
    error,
  )
})

test('R21: what start throws is thrown at the wait, where it can be caught', async () => {
  const error = new Error('no such thing')
  const caught = await run(function* () {
    try {
      yield* suspend(() => {
        throw error
      })
    } catch (thrown) {
      return thrown
    }
    return undefined
  })
  assert.equal(caught, error)
})

test('R21: an error thrown by an abort function is not lost, and the unwinding goes on', async () => {
  const error = new Error('abort failed')
  const log: string[] = []
  const task = run(function* () {
    try {
      yield* suspend(() => () => {
        throw error
      })
      log.push('went on')
    } finally {
      log.push('finally')
    }
  })
  await turns()
  assert.doesNotThrow(() => task.cancel())
  const exit = await task.settled()
  assert.deepEqual(log, ['finally'])
  assert.ok(exit.status === 'failed')
  assert.equal(exit.error, error)
})

atDepths('R21: a wait that cannot be aborted completes first, then the cancel is delivered', async deep => {
  let resume!: (value: string) => void
  const log: string[] = []
  const task = run(() =>
    deep(function* () {
      try {
        log.push(
          yield* suspend<string>(go => {
            resume = go
          }),
        )
        yield* checkpoint()
        log.push('after the checkpoint')
      } finally {
        log.push('finally')
      }
    }),
  )
  await turns()
  task.cancel()
  await turns()
  assert.deepEqual(log, [])
  resume('the value')
  assert.equal((await task.settled()).status, 'cancelled')
  assert.deepEqual(log, ['the value', 'finally'])
})

atDepths('R21: a wait that cannot be aborted and after which nothing waits gives its value', async deep => {
  let resume!: (value: string) => void
  const task = run(() =>
    deep(function* () {
      return yield* suspend<string>(go => {
        resume = go
      })
    }),
  )
  await turns()
  task.cancel()
  await turns()
  resume('the value')
  assert.deepEqual(await task.settled(), { status: 'ok', value: 'the value' })
})

test('R21: the error of a wait that cannot be aborted is thrown there; the cancel comes at the next checkpoint', async () => {
  let fail!: (error: unknown) => void
  const log: unknown[] = []
  const task = run(function* () {
    try {
      yield* suspend((_, no) => {
        fail = no
      })
    } catch (error) {
      log.push(error)
    }
    yield* checkpoint()
    log.push('after the checkpoint')
  })
  await turns()
  task.cancel()
  fail('refused')
  assert.equal((await task.settled()).status, 'cancelled')
  assert.deepEqual(log, ['refused'])
})

test('R21: a timeout waits for what cannot be aborted, and its value counts', async () => {
  const value = await run(function* () {
    return yield* timeout(1, function* () {
      return yield* suspend<string>(resume => void setTimeout(resume, 8, 'late'))
    })
  })
  assert.equal(value, 'late')
})

test('R21: masked cleanup and a shield are not aborted', async () => {
  let aborts = 0
  let resume!: (value: string) => void
  const log: string[] = []
  const wait = () =>
    suspend<string>(go => {
      resume = go
      return () => void aborts++
    })
  const task = run(function* () {
    try {
      log.push(yield* shield(wait))
    } finally {
      log.push(yield* wait())
    }
  })
  for (const what of ['shield', 'cleanup']) {
    await turns()
    task.cancel()
    await turns()
    resume(what)
  }
  assert.equal((await task.settled()).status, 'cancelled')
  assert.equal(aborts, 0)
  assert.equal(log.at(-1), 'cleanup')
})
