import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  abortSignal,
  checkpoint,
  forever,
  moveOnAfter,
  run,
  type Scope,
  scope,
  shield,
  sleep,
  spawn,
  type Task,
  timeout,
  use,
} from 'omakase'
import { atDepths } from './depths.js'
import { fails } from './fails.js'
import { gate } from './gate.js'
import { turns } from './turns.js'

atDepths('R22: a shield runs to its end, then the cancellation is delivered', async deep => {
  const log: string[] = []
  const release = gate()
  const task = run(function* () {
    try {
      yield* shield(() =>
        deep(function* () {
          yield* release.wait()
          log.push('first')
          yield* checkpoint()
          log.push('second')
        }),
      )
      log.push('after the shield')
    } catch {
      log.push('caught')
    } finally {
      log.push('finally')
    }
  })
  await turns()
  task.cancel()
  await turns()
  release.open()
  assert.equal((await task.settled()).status, 'cancelled')
  assert.deepEqual(log, ['first', 'second', 'finally'])
})

atDepths(
  'R22: a shield in the caller holds for all calls below it, also when a shield in them has ended',
  async deep => {
    const log: string[] = []
    const release = gate()
    const task = run(() =>
      shield(() =>
        deep(function* () {
          yield* shield(release.wait)
          yield* checkpoint()
          log.push('inside')
        }),
      ),
    )
    await turns()
    task.cancel()
    await turns()
    release.open()
    assert.equal((await task.settled()).status, 'cancelled')
    assert.deepEqual(log, ['inside'])
  },
)

test('R22: a cancellation that was pending before the shield is held off too', async () => {
  const log: string[] = []
  let self!: Task<void>
  self = run(function* () {
    self.cancel()
    yield* shield(function* () {
      yield* checkpoint()
      log.push('inside')
    })
    log.push('after the shield')
  })
  assert.equal((await self.settled()).status, 'cancelled')
  assert.deepEqual(log, ['inside'])
})

test('R22: a deadline outside is held off, and throws when the shield has ended', async () => {
  const log: string[] = []
  await fails(
    run(function* () {
      yield* timeout(2, function* () {
        yield* shield(function* () {
          yield* sleep(8)
          log.push('inside')
        })
        log.push('after the shield')
      })
    }),
    { name: 'TimeoutError' },
  )
  assert.deepEqual(log, ['inside'])
})

test('R22: a deadline outside is delivered also where the shield is the last thing in its scope', async () => {
  await fails(
    run(() =>
      timeout(
        2,
        shield(() => sleep(8)),
      ),
    ),
    { name: 'TimeoutError' },
  )
})

test('R22: a failing sibling is an outer cancellation', async () => {
  const error = new Error('sibling')
  const log: string[] = []
  await fails(
    run(function* () {
      spawn(function* () {
        yield* shield(function* () {
          yield* sleep(5)
          log.push('inside')
        })
        log.push('after the shield')
      })
      spawn(function* () {
        yield* checkpoint()
        throw error
      })
      yield* forever()
    }),
    error,
  )
  assert.deepEqual(log, ['inside'])
})

test('R22: a timeout inside a shield works, also while an outer cancellation is held off', async () => {
  const log: string[] = []
  const task = run(function* () {
    yield* shield(function* () {
      try {
        yield* timeout(4, forever)
      } catch (error) {
        log.push((error as Error).name)
      }
      log.push(String(yield* moveOnAfter(2, forever)))
      yield* checkpoint()
      log.push('end of the shield')
    })
  })
  await turns()
  task.cancel()
  assert.equal((await task.settled()).status, 'cancelled')
  assert.deepEqual(log, ['TimeoutError', 'undefined', 'end of the shield'])
})

test('R22: the cancellation of a scope inside a shield is not held off', async () => {
  const reason = await run(() =>
    shield(function* () {
      try {
        yield* scope(function* (inner) {
          inner.cancel('inner')
          yield* forever()
        })
      } catch (error) {
        return (error as { reason: unknown }).reason
      }
      return undefined
    }),
  )
  assert.equal(reason, 'inner')
})

test('R22: a shield holds off scopes outside it, not those between it and an inner shield', async () => {
  const log: string[] = []
  const release = gate()
  let middle!: Scope
  const task = run(() =>
    shield(function* () {
      try {
        yield* scope(function* (scope) {
          middle = scope
          yield* shield(function* () {
            yield* release.wait()
            log.push('inner shield')
          })
          log.push('after the inner shield')
        })
      } catch (error) {
        log.push((error as Error).name)
      }
      log.push('outer shield')
    }),
  )
  await turns()
  task.cancel()
  middle.cancel()
  await turns()
  release.open()
  await task.settled()
  assert.deepEqual(log, ['inner shield', 'CancelledError', 'outer shield'])
})

test('R22: tasks of a scope inside the shield are shielded with it', async () => {
  const log: string[] = []
  const body = gate()
  const child = gate()
  const task = run(() =>
    shield(() =>
      scope(function* () {
        spawn(function* () {
          yield* child.wait()
          log.push('child')
        })
        yield* body.wait()
        log.push('body')
      }),
    ),
  )
  await turns()
  task.cancel()
  body.open()
  await turns()
  child.open()
  await task.settled()
  assert.deepEqual(log, ['body', 'child'])
})

test('R22: a task spawned in a shield belongs to the scope around it, and is cancelled with that', async () => {
  const log: string[] = []
  const release = gate()
  const task = run(function* () {
    yield* shield(function* () {
      spawn(function* () {
        try {
          yield* forever()
        } finally {
          log.push('child cancelled')
        }
      })
      yield* release.wait()
      log.push('shield ended')
    })
  })
  await turns()
  task.cancel()
  await turns()
  release.open()
  await task.settled()
  assert.deepEqual(log, ['child cancelled', 'shield ended'])
})

test('R22: a resource acquired in a shield lives until the scope around it ends', async () => {
  const log: string[] = []
  await run(function* () {
    yield* shield(() =>
      use(
        () => 'handle',
        () => void log.push('released'),
      ),
    )
    yield* checkpoint()
    log.push('after the shield')
  })
  assert.deepEqual(log, ['after the shield', 'released'])
})

test('R22: signals inside a shield are not aborted by what is held off', async () => {
  const aborted: boolean[] = []
  const release = gate()
  const task = run(function* () {
    yield* shield(function* () {
      const signal = abortSignal()
      yield* release.wait()
      aborted.push(signal.aborted)
    })
  })
  const other = run(() =>
    shield(async signal => {
      await turns(10)
      aborted.push(signal.aborted)
    }),
  )
  await turns(2)
  task.cancel()
  other.cancel()
  await turns()
  release.open()
  await task.settled()
  await other.settled()
  assert.deepEqual(aborted, [false, false])
})

test('R22: an error that leaves a shield while a cancellation is held off is not lost', async () => {
  const error = new Error('inside')
  const caught: unknown[] = []
  const first = gate()
  const second = gate()
  const uncaught = run(() =>
    shield(function* () {
      yield* first.wait()
      throw error
    }),
  )
  const catching = run(function* () {
    try {
      yield* shield(function* () {
        yield* second.wait()
        throw error
      })
    } catch (thrown) {
      caught.push(thrown)
    }
    yield* forever()
  })
  await turns()
  uncaught.cancel()
  catching.cancel()
  first.open()
  second.open()
  assert.deepEqual(await uncaught.settled(), { status: 'failed', error })
  const exit = await catching.settled()
  assert.ok(caught.includes(error) || (exit.status === 'failed' && exit.error === error))
})

test('R22: a shield gives its value, and nothing else, where nothing is cancelled', async () => {
  assert.equal(await run(() => shield(async () => 1)), 1)
  assert.equal(
    await run(function* () {
      return yield* shield(function* () {
        yield* checkpoint()
        return 2
      })
    }),
    2,
  )
})
