import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type CancelledError,
  checkpoint,
  defer,
  forever,
  moveOnAfter,
  run,
  type Scope,
  ScopeError,
  scope,
  sleep,
  spawn,
  TimeoutError,
  timeout,
  use,
} from 'omakase'
import { atDepths } from './depths.js'
import { fails, raise } from './fails.js'
import { paused } from './stepping-clock.js'

atDepths(
  'R28: a cancelled task whose cleanup outlasts the timeout around it is cancelled, not timed out',
  async deep => {
    const { task, ended } = await paused(() =>
      timeout(3, () =>
        deep(function* () {
          try {
            yield* forever()
          } finally {
            yield* sleep(8)
          }
        }),
      ),
    )
    task.cancel('explicit')
    const exit = await ended()
    assert.ok(exit.status === 'cancelled')
    assert.equal(exit.reason.reason, 'explicit')
  },
)

test('R28: nor does moveOnAfter give undefined for an explicit cancel', async () => {
  const log: string[] = []
  const { task, ended } = await paused(function* () {
    yield* moveOnAfter(3, function* () {
      try {
        yield* forever()
      } finally {
        yield* sleep(8)
      }
    })
    log.push('went on')
  })
  task.cancel('explicit')
  assert.equal((await ended()).status, 'cancelled')
  assert.deepEqual(log, [])
})

test('R28: scope.cancel() in a scope with a timeout throws CancelledError, however long its cleanup takes', async () => {
  await fails(
    run(() =>
      scope(
        function* (self) {
          try {
            self.cancel('explicit')
            yield* forever()
          } finally {
            yield* sleep(8)
          }
        },
        { timeout: 3 },
      ),
    ),
    { name: 'CancelledError', reason: 'explicit' },
  )
})

test('R28: a cancel that arrives when the deadline has passed, but was not looked at yet, wins', async () => {
  let self!: Scope
  const first = await paused(() =>
    scope(
      function* (scope) {
        self = scope
        yield* forever()
      },
      { timeout: 2 },
    ),
  )
  const second = await paused(() => timeout(2, forever))
  first.clock.jump(8)
  self.cancel('explicit')
  second.clock.jump(8)
  second.task.cancel('explicit')
  const exit = await first.ended()
  assert.ok(exit.status === 'failed')
  assert.equal((exit.error as CancelledError).reason, 'explicit')
  assert.equal((await second.ended()).status, 'cancelled')
})

test('R28: a deadline that was first stays a TimeoutError, whatever cancels the scope later', async () => {
  let self!: Scope
  await fails(
    run(() =>
      scope(
        function* (scope) {
          self = scope
          try {
            yield* forever()
          } finally {
            yield* checkpoint()
            self.cancel('too late')
            yield* checkpoint()
          }
        },
        { timeout: 2 },
      ),
    ),
    { name: 'TimeoutError' },
  )
})

test('R28: cancelling a child inside a timeout does not make the timeout throw', async () => {
  const status = await run(() =>
    timeout(10_000, function* () {
      const child = spawn(forever)
      yield* checkpoint()
      child.cancel()
      return (yield* child.settled()).status
    }),
  )
  assert.equal(status, 'cancelled')
})

test('R28: an explicit cancel whose cleanup throws gives that error and no TimeoutError', async () => {
  const error = new Error('cleanup')
  const { task, ended } = await paused(() =>
    timeout(6, function* () {
      try {
        yield* forever()
      } finally {
        yield* sleep(12)
        raise(error)
      }
    }),
  )
  task.cancel()
  assert.deepEqual(await ended(), { status: 'failed', error })
})

async function scopeErrorOf(task: PromiseLike<unknown>): Promise<readonly unknown[]> {
  try {
    await task
  } catch (error) {
    assert.ok(error instanceof ScopeError, String(error))
    return error.errors
  }
  return assert.fail('it should have thrown')
}

atDepths('R28: an error thrown in cleanup during a timeout is thrown with the TimeoutError', async deep => {
  const error = new Error('cleanup')
  const errors = await scopeErrorOf(
    run(() =>
      timeout(2, () =>
        deep(function* () {
          try {
            yield* forever()
          } finally {
            yield* checkpoint()
            raise(error)
          }
        }),
      ),
    ),
  )
  assert.equal(errors.length, 2)
  assert.ok(errors.some(one => one instanceof TimeoutError))
  assert.ok(errors.includes(error))
})

test('R28: so are errors of a child, a deferred function and a release, none of them twice', async () => {
  const [child, deferred, release] = [new Error('child'), new Error('deferred'), new Error('release')]
  const errors = await scopeErrorOf(
    run(() =>
      timeout(2, function* () {
        defer(() => raise(deferred))
        yield* use(
          () => 0,
          () => raise(release),
        )
        spawn(function* () {
          try {
            yield* forever()
          } finally {
            raise(child)
          }
        })
        yield* forever()
      }),
    ),
  )
  assert.equal(errors.length, 4)
  for (const error of [child, deferred, release]) assert.ok(errors.includes(error), error.message)
  assert.ok(errors.some(one => one instanceof TimeoutError))
})

test('R28: moveOnAfter throws an error of the cleanup', async () => {
  const error = new Error('cleanup')
  await fails(
    run(() =>
      moveOnAfter(2, function* () {
        try {
          yield* forever()
        } finally {
          raise(error)
        }
      }),
    ),
    error,
  )
})

test('R28: catching the ScopeError around the timeout, the task goes on', async () => {
  const log: unknown[] = []
  await run(function* () {
    try {
      yield* timeout(2, function* () {
        try {
          yield* forever()
        } finally {
          raise('text')
        }
      })
    } catch (error) {
      log.push((error as ScopeError).errors.includes('text'))
    }
    yield* checkpoint()
    log.push('went on')
  })
  assert.deepEqual(log, [true, 'went on'])
})
