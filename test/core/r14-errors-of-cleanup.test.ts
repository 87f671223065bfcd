import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Co, checkpoint, defer, forever, run, scope, spawn, timeout, use, wait } from 'omakase'
import { atDepths } from './depths.js'
import { raise } from './fails.js'
import { errorsIn, holds, thrownBy } from './thrown.js'
import { turns } from './turns.js'

const way = new Error('on its way')
const cleanup = new Error('of the cleanup')

/** The ways in which cleanup may fail, each registered in the innermost scope. */
const registers: Record<string, () => Co<unknown>> = {
  'a deferred function': () => defers(() => raise(cleanup)),
  'a deferred generator that suspends': () =>
    defers(function* () {
      yield* checkpoint()
      throw cleanup
    }),
  'an async deferred function': () =>
    defers(async () => {
      await null
      throw cleanup
    }),
  'a deferred function that gives an operation': () => defers(() => wait(Promise.reject(cleanup))),
  'a release': () =>
    use(
      () => 'resource',
      () => raise(cleanup),
    ),
  'an async release': () =>
    use(
      async () => 'resource',
      async () => {
        throw cleanup
      },
    ),
  'a disposable': () => use({ [Symbol.dispose]: () => raise(cleanup) }),
  'an async disposable': () =>
    use({
      [Symbol.asyncDispose]: async () => {
        throw cleanup
      },
    }),
}

function defers(fn: () => unknown): Co<unknown> {
  return use(
    () => undefined,
    () => {
      defer(fn)
    },
  )
}

for (const [name, register] of Object.entries(registers)) {
  test(`R14: the error of ${name} is thrown by a scope that ended well`, async () => {
    assert.equal(
      await thrownBy(
        scope(function* () {
          yield* register()
          return 'value'
        }),
      ),
      cleanup,
    )
  })

  test(`R14: the error of ${name} and that of the body do not hide each other`, async () => {
    holds(
      await thrownBy(
        scope(function* () {
          yield* register()
          yield* checkpoint()
          throw way
        }),
      ),
      way,
      cleanup,
    )
  })

  test(`R14: the error of ${name} and that of a child do not hide each other`, async () => {
    holds(
      await thrownBy(
        scope(function* () {
          yield* register()
          spawn(() => {
            throw way
          })
          yield* forever()
        }),
      ),
      way,
      cleanup,
    )
  })

  test(`R14: the error of ${name} is not lost in a cancellation, at the level of the task`, async () => {
    const task = run(function* () {
      yield* register()
      yield* forever()
    })
    await turns()
    task.cancel()
    assert.deepEqual(await task.settled(), { status: 'failed', error: cleanup })
  })

  test(`R14: the error of ${name} in an inner scope does not stop the cancellation of the outer`, async () => {
    const log: string[] = []
    const task = run(function* () {
      try {
        yield* scope(function* () {
          yield* register()
          yield* forever()
        })
        log.push('never')
      } catch {
        log.push('never')
      } finally {
        yield* checkpoint()
        log.push('finally')
      }
      log.push('never')
    })
    await turns()
    task.cancel()
    assert.equal(await thrownBy(task), cleanup)
    assert.deepEqual(log, ['finally'])
  })
}

atDepths('R14: a finally that runs for a failing sibling hides nothing and is not hidden', async deep => {
  holds(
    await thrownBy(
      scope(() =>
        deep(function* () {
          spawn(function* () {
            throw way
          })
          try {
            yield* scope(function* () {
              try {
                yield* forever()
              } finally {
                yield* checkpoint()
                raise(cleanup)
              }
            })
          } catch {
            assert.fail('not to be caught here')
          }
        }),
      ),
    ),
    way,
    cleanup,
  )
})

test('R14: each deferred function runs, whatever those before it have thrown', async () => {
  const log: string[] = []
  const errors = [new Error('a'), new Error('b'), new Error('c')] as const
  holds(
    await thrownBy(
      scope(function* () {
        for (const error of errors) {
          defer(function* () {
            yield* checkpoint()
            log.push(error.message)
            throw error
          })
        }
        defer(() => log.push('last in'))
      }),
    ),
    errors[2],
    errors[1],
    errors[0],
  )
  assert.deepEqual(log, ['last in', 'c', 'b', 'a'])
})

test('R14: an error of cleanup cancels nothing that is left to clean up', async () => {
  const log: string[] = []
  assert.equal(
    await thrownBy(
      scope(function* () {
        defer(function* () {
          yield* checkpoint()
          yield* checkpoint()
          log.push('first in')
        })
        defer(() => raise(cleanup))
      }),
    ),
    cleanup,
  )
  assert.deepEqual(log, ['first in'])
})

test('R14: a timeout, an error of a release and one of a child are all there', async () => {
  const error = await thrownBy(
    timeout(1, function* () {
      yield* use(
        () => 1,
        () => raise(cleanup),
      )
      spawn(function* () {
        try {
          yield* forever()
        } finally {
          raise(way)
        }
      })
      yield* forever()
    }),
  )
  const found = errorsIn(error)
  assert.equal(found.length, 3)
  assert.ok(found.includes(cleanup) && found.includes(way))
  assert.ok(found.some(each => (each as Error).name === 'TimeoutError'))
})

atDepths('R14: the error of a release can be caught around the scope, and all goes on', async deep => {
  const log: unknown[] = []
  await run(() =>
    deep(function* () {
      try {
        yield* scope(function* () {
          yield* use(
            () => 1,
            () => raise(cleanup),
          )
        })
      } catch (error) {
        log.push(error)
      }
      yield* checkpoint()
      log.push('on')
    }),
  )
  assert.deepEqual(log, [cleanup, 'on'])
})

test('R14: a deferred function that throws the error that it was told of counts it once', async () => {
  assert.equal(
    await thrownBy(
      scope(function* () {
        defer(exit => {
          if (exit.status === 'failed') throw exit.error
        })
        throw way
      }),
    ),
    way,
  )
})

test('R14: several scopes on the way each add their own', async () => {
  const inner = new Error('inner')
  const outer = new Error('outer')
  const error = await thrownBy(
    scope(function* () {
      defer(() => raise(outer))
      yield* scope(function* () {
        defer(() => raise(inner))
        throw way
      })
    }),
  )
  assert.deepEqual(new Set(errorsIn(error)), new Set([way, inner, outer]))
})
