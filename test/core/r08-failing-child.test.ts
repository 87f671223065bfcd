import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  CancelledError,
  checkpoint,
  co,
  defer,
  forever,
  run,
  scope,
  shield,
  sleep,
  spawn,
  type Task,
  wait,
} from 'omakase'
import { atDepths } from './depths.js'
import { gate } from './gate.js'
import { withKinds } from './kinds.js'
import { thrownBy } from './thrown.js'

const broken = new Error('broken')

withKinds('R8: a failing child cancels the body, and its error is thrown by the scope', async make => {
  for (const error of [broken, 'a string', undefined]) {
    const log: unknown[] = []
    await run(function* () {
      try {
        yield* scope(function* () {
          spawn(
            make(() => {
              throw error
            }),
          )
          try {
            yield* forever()
            log.push('never')
          } catch {
            log.push('never')
          } finally {
            log.push('body')
          }
        })
        log.push('never')
      } catch (caught) {
        log.push('caught', caught)
      }
      yield* checkpoint()
      log.push('on')
    })
    assert.deepEqual(log, ['body', 'caught', error, 'on'])
  }
})

atDepths('R8: the body is unwound at every depth, before the error is thrown', async deep => {
  const log: unknown[] = []
  await run(function* () {
    try {
      yield* scope(function* () {
        spawn(function* () {
          yield* sleep(1)
          throw broken
        })
        try {
          yield* deep(function* () {
            try {
              yield* forever()
            } finally {
              yield* sleep(1)
              log.push('inner')
            }
          })
        } catch {
          log.push('never')
        } finally {
          yield* checkpoint()
          log.push('outer')
        }
      })
    } catch (caught) {
      log.push(caught)
    }
  })
  assert.deepEqual(log, ['inner', 'outer', broken])
})

atDepths('R8: a failing child cancels the other children, whose cleanup finishes first', async deep => {
  const log: unknown[] = []
  const others: Task<void>[] = []
  await run(function* () {
    try {
      yield* scope(function* () {
        const sibling = (name: string, ms: number) => () =>
          deep(function* () {
            try {
              yield* forever()
            } finally {
              yield* sleep(ms)
              log.push(name)
            }
          })
        others.push(spawn(sibling('slow', 4)))
        spawn(() =>
          deep(function* () {
            yield* sleep(1)
            throw broken
          }),
        )
        others.push(spawn(sibling('quick', 1)))
        defer(() => log.push('deferred'))
      })
    } catch (caught) {
      log.push(caught)
    }
  })
  // Which of the two is first, a machine that stands still for a moment decides.
  assert.deepEqual(log.splice(0, 2).sort(), ['quick', 'slow'])
  assert.deepEqual(log, ['deferred', broken])
  for (const other of others) {
    const exit = await other.settled()
    assert.ok(exit.status === 'cancelled')
    assert.ok(exit.reason instanceof CancelledError)
    assert.equal(exit.reason.reason, broken)
  }
})

test('R8: siblings that had not started yet run to their first checkpoint, and are waited for', async () => {
  const log: unknown[] = []
  await run(function* () {
    try {
      yield* scope(function* () {
        spawn(() => {
          throw broken
        })
        for (const name of ['a', 'b']) {
          spawn(function* () {
            log.push(name)
            try {
              yield* checkpoint()
              log.push('never')
            } finally {
              yield* checkpoint()
              log.push(`${name} cleaned up`)
            }
          })
        }
      })
    } catch (caught) {
      log.push(caught)
    }
  })
  assert.deepEqual(log, ['a', 'b', 'a cleaned up', 'b cleaned up', broken])
})

test('R8: it does so where the body has ended already', async () => {
  const log: unknown[] = []
  const caught = await thrownBy(
    scope(function* () {
      spawn(function* () {
        yield* sleep(1)
        throw broken
      })
      spawn(function* () {
        try {
          yield* forever()
        } finally {
          log.push('sibling')
        }
      })
      return 'value'
    }),
  )
  assert.equal(caught, broken)
  assert.deepEqual(log, ['sibling'])
})

test('R8: the value of a body is lost where a child fails after it, also as the last', async () => {
  assert.equal(
    await thrownBy(
      scope(function* () {
        spawn(function* () {
          yield* sleep(1)
          throw broken
        })
        return 'value'
      }),
    ),
    broken,
  )
})

test('R8: a child fails its task as it would a scope', async () => {
  const log: string[] = []
  const task = run(function* () {
    spawn(function* () {
      throw broken
    })
    try {
      yield* forever()
    } finally {
      log.push('body')
    }
  })
  assert.equal(await thrownBy(task), broken)
  assert.equal(task.state, 'failed')
  assert.deepEqual(log, ['body'])
})

test('R8: the error of a grandchild comes up through every task, the same object', async () => {
  const tasks: Task<unknown>[] = []
  const nest = (depth: number) =>
    function* (): Generator<any, void, any> {
      if (depth === 0) throw broken
      tasks.push(spawn(nest(depth - 1)))
      yield* forever()
    }
  assert.equal(await thrownBy(run(nest(10))), broken)
  assert.equal(tasks.length, 10)
  for (const task of tasks) assert.equal(await thrownBy(task), broken)
})

test('R8: a child of an outer scope unwinds the inner scopes of the body, with their children', async () => {
  const log: unknown[] = []
  await run(function* () {
    try {
      yield* scope(function* (outer) {
        outer.spawn(function* () {
          yield* sleep(1)
          throw broken
        })
        try {
          yield* scope(function* () {
            spawn(function* () {
              try {
                yield* forever()
              } finally {
                yield* checkpoint()
                log.push('child of the inner')
              }
            })
            defer(() => log.push('deferred in the inner'))
            yield* forever()
          })
          log.push('never')
        } catch {
          log.push('never')
        } finally {
          log.push('between')
        }
      })
    } catch (caught) {
      log.push(caught)
    }
  })
  assert.deepEqual(log, ['child of the inner', 'deferred in the inner', 'between', broken])
})

test('R8: a child of an inner scope does not touch what is outside it, if the error is caught around', async () => {
  const log: string[] = []
  await run(function* () {
    const uncle = spawn(function* () {
      yield* sleep(3)
      return 'uncle'
    })
    try {
      yield* scope(function* () {
        spawn(() => wait(Promise.reject(broken)))
        yield* forever()
      })
    } catch (caught) {
      assert.equal(caught, broken)
    }
    log.push(yield* uncle)
  })
  assert.deepEqual(log, ['uncle'])
})

test('R8: the error is catchable in the caller of a coroutine that holds the scope', async () => {
  const holder = co(function* () {
    yield* scope(function* () {
      spawn(() => {
        throw broken
      })
      yield* forever()
    })
  })
  const outer = co(function* () {
    yield* checkpoint()
    yield* holder()
  })
  const caught = await run(function* () {
    try {
      yield* outer()
    } catch (error) {
      return error
    }
    return undefined
  })
  assert.equal(caught, broken)
})

test('R8: a failing child that suspends in its own finally first ends, then cancels', async () => {
  const log: unknown[] = []
  assert.equal(
    await thrownBy(
      scope(function* () {
        spawn(function* () {
          try {
            yield* checkpoint()
            throw broken
          } finally {
            yield* sleep(2)
            log.push('failing child')
          }
        })
        try {
          yield* forever()
        } finally {
          log.push('body')
        }
      }),
    ),
    broken,
  )
  assert.deepEqual(log, ['failing child', 'body'])
})

test('R8: a child that fails during the deferred functions does not cut them short', async () => {
  const log: string[] = []
  assert.equal(
    await thrownBy(
      scope(function* (home) {
        defer(function* () {
          home.spawn(() => {
            throw broken
          })
          yield* sleep(1)
          log.push('deferred')
        })
      }),
    ),
    broken,
  )
  assert.deepEqual(log, ['deferred'])
})

test('R8: a body that is in a shield ends that first', async () => {
  const log: string[] = []
  const open = gate()
  const task = scope(function* () {
    spawn(function* () {
      yield* checkpoint()
      open.open()
      throw broken
    })
    yield* shield(function* () {
      yield* open.wait()
      yield* checkpoint()
      log.push('shield')
    })
    log.push('never')
  })
  assert.equal(await thrownBy(task), broken)
  assert.deepEqual(log, ['shield'])
})
