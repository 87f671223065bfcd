import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  CancelledError,
  checkpoint,
  currentTask,
  forever,
  run,
  scope,
  sleep,
  spawn,
  type Task,
} from 'omakase'
import { atDepths } from './depths.js'
import { fails } from './fails.js'
import { turns } from './turns.js'

atDepths('R23: joining a cancelled task throws a CancelledError that can be caught', async deep => {
  const caught = await run(function* () {
    const child = spawn(forever)
    yield* checkpoint()
    child.cancel('enough')
    return yield* deep(function* () {
      try {
        yield* child
        return undefined
      } catch (error) {
        yield* checkpoint()
        return { error, child, self: currentTask() }
      }
    })
  })
  assert.ok(caught?.error instanceof CancelledError)
  assert.equal(caught.error.reason, 'enough')
  assert.equal(caught.error.task, caught.child)
  assert.equal(caught.error.source, caught.self)
})

test('R23: a task that was joined before, and one that is joined after it was cancelled, throw alike', async () => {
  const log: unknown[] = []
  await run(function* () {
    const child = spawn(forever)
    const join = function* () {
      try {
        yield* child
      } catch (error) {
        log.push(error instanceof CancelledError && error.reason)
      }
    }
    spawn(join)
    spawn(join)
    yield* sleep(1)
    child.cancel('why')
    yield* sleep(1)
    assert.equal(child.state, 'cancelled')
    yield* scope(join)
    yield* scope(join)
  })
  assert.deepEqual(log, ['why', 'why', 'why', 'why'])
})

test('R23: the task is cancelled, not failed: its scope does not mind', async () => {
  const value = await run(() =>
    scope(function* () {
      const child = spawn(forever)
      const other = spawn(function* () {
        yield* sleep(2)
        return 'other'
      })
      yield* checkpoint()
      child.cancel()
      const exit = yield* child.settled()
      assert.equal(child.state, 'cancelled')
      assert.equal(exit.status, 'cancelled')
      return yield* other
    }),
  )
  assert.equal(value, 'other')
})

atDepths('R23: a joiner that does not catch has failed with an error like any other', async deep => {
  const log: string[] = []
  let joiner!: Task<unknown>
  let sibling!: Task<unknown>
  let caught: unknown
  await run(function* () {
    try {
      yield* scope(function* () {
        const child = spawn(forever)
        sibling = spawn(function* () {
          try {
            yield* forever()
          } finally {
            log.push('sibling cleaned up')
          }
        })
        joiner = spawn(() =>
          deep(function* () {
            try {
              yield* child
            } finally {
              log.push('joiner unwound')
            }
          }),
        )
        yield* sleep(1)
        child.cancel('why')
        yield* forever()
      })
    } catch (error) {
      caught = error
    }
  })
  assert.ok(caught instanceof CancelledError)
  assert.equal(caught.reason, 'why')
  assert.equal(joiner.state, 'failed')
  assert.equal(sibling.state, 'cancelled')
  assert.deepEqual(log, ['joiner unwound', 'sibling cleaned up'])
})

test('R23: a root that joins a cancelled task and does not catch has failed', async () => {
  const root = run(function* () {
    const child = spawn(forever)
    yield* checkpoint()
    child.cancel('why')
    yield* child
  })
  await fails(root, { name: 'CancelledError', reason: 'why' })
  assert.equal(root.state, 'failed')
})

test('R23: the joiner goes on only when the cancelled task has cleaned up', async () => {
  const log: string[] = []
  await run(function* () {
    const child = spawn(function* () {
      try {
        yield* forever()
      } finally {
        yield* sleep(3)
        log.push('cleaned up')
      }
    })
    yield* checkpoint()
    child.cancel()
    try {
      yield* child
    } catch {
      log.push('joined')
    }
  })
  assert.deepEqual(log, ['cleaned up', 'joined'])
})

for (const order of ['before', 'after']) {
  test(`R23: a joiner that is cancelled along with the task it joins is unwound (spawned ${order} it)`, async () => {
    const log: string[] = []
    const join = (task: () => Task<unknown>) =>
      function* () {
        try {
          yield* task()
          log.push('went on')
        } catch {
          log.push('caught')
        } finally {
          log.push('finally')
        }
      }
    const root = run(function* () {
      let child!: Task<unknown>
      if (order === 'before') spawn(join(() => child))
      child = spawn(forever)
      if (order === 'after') spawn(join(() => child))
      yield* forever()
    })
    await turns()
    root.cancel()
    assert.equal((await root.settled()).status, 'cancelled')
    assert.deepEqual(log, ['finally'])
  })
}

test('R23: async code that awaits a cancelled root gets the CancelledError', async () => {
  const root = run(forever)
  await turns()
  root.cancel('why')
  await fails(root, { name: 'CancelledError', reason: 'why', task: root, source: undefined })
  assert.equal(root.state, 'cancelled')
})

test('R23: a root can be joined by the task of another root', async () => {
  const first = run(forever)
  const second = run(function* () {
    try {
      yield* first
      return 'went on'
    } catch (error) {
      return (error as CancelledError).reason
    }
  })
  await turns()
  first.cancel('why')
  assert.equal(await second, 'why')
})
