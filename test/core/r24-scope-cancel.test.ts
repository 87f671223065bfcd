import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  CancelledError,
  checkpoint,
  co,
  currentTask,
  defer,
  forever,
  moveOnAfter,
  run,
  type Scope,
  scope,
  sleep,
  spawn,
  suspend,
  timeout,
} from 'omakase'
import { atDepths } from './depths.js'
import { fails, raise } from './fails.js'
import { turns } from './turns.js'

atDepths('R24: scope.cancel() throws CancelledError at the caller of the scope', async deep => {
  const log: unknown[] = []
  await run(function* () {
    try {
      yield* scope(inner =>
        deep(function* () {
          try {
            inner.cancel('enough')
            log.push('the body goes on to its next checkpoint')
            yield* checkpoint()
            log.push('never')
          } catch {
            log.push('never caught inside')
          } finally {
            log.push('finally')
          }
        }),
      )
    } catch (error) {
      assert.ok(error instanceof CancelledError)
      log.push(error.reason, error.source === currentTask())
    }
    yield* checkpoint()
    log.push('the caller goes on')
  })
  assert.deepEqual(log, [
    'the body goes on to its next checkpoint',
    'finally',
    'enough',
    true,
    'the caller goes on',
  ])
})

test('R24: a child may cancel the scope it lives in, and so may code outside of any task', async () => {
  const sources: unknown[] = []
  const reasons: unknown[] = []
  await run(function* () {
    try {
      yield* scope(function* (inner) {
        const child = spawn(function* () {
          yield* checkpoint()
          inner.cancel('child')
          yield* forever()
        })
        sources.push(child)
        yield* forever()
      })
    } catch (error) {
      sources.push((error as CancelledError).source)
      reasons.push((error as CancelledError).reason)
    }
    try {
      yield* scope(function* (inner) {
        setImmediate(() => inner.cancel('outside'))
        yield* forever()
      })
    } catch (error) {
      sources.push((error as CancelledError).source)
      reasons.push((error as CancelledError).reason)
    }
  })
  assert.equal(sources[0], sources[1])
  assert.equal(sources[2], undefined)
  assert.deepEqual(reasons, ['child', 'outside'])
})

test('R24: the children have cleaned up before the CancelledError is thrown', async () => {
  const log: string[] = []
  await run(function* () {
    try {
      yield* scope(function* (inner) {
        defer(() => void log.push('deferred'))
        spawn(function* () {
          try {
            yield* forever()
          } finally {
            yield* sleep(2)
            log.push('child')
          }
        })
        yield* checkpoint()
        inner.cancel()
        yield* forever()
      })
    } catch {
      log.push('caught')
    }
  })
  assert.deepEqual(log, ['child', 'deferred', 'caught'])
})

test('R24: a scope whose body has returned and whose children are cancelled throws as well', async () => {
  await fails(
    run(() =>
      scope(function* (inner) {
        spawn(forever)
        setImmediate(() => inner.cancel('late'))
        return 'value'
      }),
    ),
    { name: 'CancelledError', reason: 'late' },
  )
})

test('R24: the first reason counts, and cancelling a scope that has ended does nothing', async () => {
  let ended!: Scope
  const value = await run(function* () {
    try {
      yield* scope(function* (inner) {
        ended = inner
        inner.cancel('first')
        inner.cancel('second')
        yield* forever()
      })
    } catch (error) {
      ended.cancel('third')
      yield* checkpoint()
      return (error as CancelledError).reason
    }
    return undefined
  })
  ended.cancel('fourth')
  assert.equal(value, 'first')
})

test('R24: an error that cleanup throws meanwhile is thrown instead', async () => {
  const error = new Error('cleanup')
  await fails(
    run(() =>
      scope(function* (inner) {
        try {
          inner.cancel()
          yield* forever()
        } finally {
          yield* checkpoint()
          raise(error)
        }
      }),
    ),
    error,
  )
})

/** Cancels an inner scope, whose cleanup lasts; `meanwhile` is called during that. */
const twice = co(function* (log: string[], meanwhile: () => void) {
  try {
    yield* scope(function* (inner) {
      try {
        setImmediate(() => inner.cancel('inner'))
        yield* forever()
      } finally {
        yield* checkpoint()
        meanwhile()
        yield* sleep(3)
        log.push('inner cleaned up')
      }
    })
    log.push('went on')
  } catch {
    log.push('caught')
  } finally {
    log.push('unwound')
  }
})

test('R24: a cancel of the task that arrives meanwhile wins and goes on outwards', async () => {
  const log: string[] = []
  const task = run(() => scope(() => twice(log, () => task.cancel('outer'))))
  const exit = await task.settled()
  assert.ok(exit.status === 'cancelled')
  assert.equal(exit.reason.reason, 'outer')
  assert.deepEqual(log, ['inner cleaned up', 'unwound'])
})

atDepths('R24: a cancel of a scope further out that arrives meanwhile wins', async deep => {
  const log: string[] = []
  let reason: unknown
  await run(function* () {
    try {
      yield* scope(outer =>
        deep(function* () {
          yield* twice(log, () => outer.cancel('outer'))
        }),
      )
    } catch (error) {
      reason = (error as CancelledError).reason
    }
  })
  assert.equal(reason, 'outer')
  assert.deepEqual(log, ['inner cleaned up', 'unwound'])
})

test('R24: a deadline further out that passes meanwhile wins', async () => {
  const log: string[] = []
  await fails(
    run(() => timeout(2, () => scope(() => twice(log, () => {})))),
    { name: 'TimeoutError' },
  )
  assert.deepEqual(log, ['inner cleaned up', 'unwound'])
  const moved = await run(() => moveOnAfter(2, () => scope(() => twice([], () => {}))))
  assert.equal(moved, undefined)
})

test('R24: a failing sibling of the task wins as well, and no error but its own comes out', async () => {
  const log: string[] = []
  const error = new Error('sibling')
  await fails(
    run(function* () {
      let fail!: () => void
      spawn(() => twice(log, () => fail()))
      spawn(function* () {
        yield* checkpoint()
        yield* suspend(resume => {
          fail = resume
        })
        throw error
      })
      yield* forever()
    }),
    error,
  )
  assert.deepEqual(log, ['inner cleaned up', 'unwound'])
})

for (const order of [
  ['inner', 'outer'],
  ['outer', 'inner'],
]) {
  test(`R24: where both are cancelled in one turn, ${order.join(' then ')}, the outer one throws`, async () => {
    const log: unknown[] = []
    await run(function* () {
      try {
        yield* scope(function* (outer) {
          try {
            yield* scope(function* (inner) {
              for (const which of order) (which === 'inner' ? inner : outer).cancel(which)
              yield* forever()
            })
          } catch {
            log.push('caught inside')
          }
          log.push('went on inside')
        })
      } catch (error) {
        log.push((error as CancelledError).reason)
      }
    })
    assert.deepEqual(log, ['outer'])
  })
}

test('R24: cancelling the scope does not cancel the task that is in it', async () => {
  const task = run(function* () {
    yield* scope(function* (inner) {
      inner.cancel()
      yield* forever()
    })
  })
  await task.settled()
  await turns()
  assert.equal(task.state, 'failed')
})
