import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  checkpoint,
  defer,
  forever,
  moveOnAfter,
  run,
  type Scope,
  scope,
  sleep,
  spawn,
  start,
  type Task,
} from 'omakase'
import { atDepths } from './depths.js'
import { raise } from './fails.js'
import { gate } from './gate.js'
import { holds, thrownBy } from './thrown.js'
import { turns } from './turns.js'

const one = new Error('one')
const two = new Error('two')
const alone = { failFast: false }

function* fails(): Generator<any, never, any> {
  yield* checkpoint()
  throw one
}

test('R10: children fail alone: the body and the others go on', async () => {
  const log: string[] = []
  const error = await thrownBy(
    scope(function* () {
      spawn(fails)
      spawn(function* () {
        yield* sleep(3)
        log.push('other')
      })
      yield* sleep(2)
      log.push('body')
    }, alone),
  )
  assert.equal(error, one)
  assert.deepEqual(log, ['body', 'other'])
})

const seeing: Record<string, (child: Task<unknown>) => Generator<any, unknown, any>> = {
  'a join that catches': function* (child) {
    try {
      yield* child
    } catch {}
  },
  'settled()': function* (child) {
    return yield* child.settled()
  },
  'a join after the end': function* (child) {
    yield* sleep(2)
    assert.equal(child.state, 'failed')
    try {
      yield* child
    } catch {}
  },
  'settled() after the end': function* (child) {
    yield* sleep(2)
    return yield* child.settled()
  },
  'a sibling that joins': function* (child) {
    spawn(function* () {
      try {
        yield* child
      } catch {}
    })
  },
  'another root that joins': function* (child) {
    void run(() => child.settled())
    yield* sleep(2)
  },
  'async code that awaits': function* (child) {
    void child.then(null, () => {})
    yield* sleep(2)
  },
  'a deferred function that joins': function* (child) {
    yield* sleep(2)
    defer(() => child.settled())
  },
}

for (const [name, see] of Object.entries(seeing)) {
  test(`R10: an error that ${name} has seen is not thrown at the end`, async () => {
    const value = await scope(function* () {
      yield* see(spawn(fails))
      return 'value'
    }, alone)
    assert.equal(value, 'value')
  })
}

atDepths('R10: the body can catch around a join', async deep => {
  const log: unknown[] = []
  await scope(function* () {
    const child = spawn(fails)
    yield* deep(function* () {
      try {
        yield* child
      } catch (error) {
        log.push(error)
      }
      yield* checkpoint()
      log.push('on')
    })
  }, alone)
  assert.deepEqual(log, [one, 'on'])
})

test('R10: what nobody has seen is thrown at the end, after all have ended', async () => {
  const log: string[] = []
  holds(
    await thrownBy(
      scope(function* () {
        spawn(fails)
        spawn(function* () {
          yield* sleep(2)
          throw two
        })
        spawn(function* () {
          yield* sleep(4)
          log.push('last')
        })
        const seen = spawn(() => {
          throw new Error('seen')
        })
        yield* seen.settled()
      }, alone),
    ),
    one,
    two,
  )
  assert.deepEqual(log, ['last'])
})

test('R10: a join that was cancelled before the end has seen nothing', async () => {
  for (const look of [(child: Task<never>) => child, (child: Task<never>) => child.settled()]) {
    assert.equal(
      await thrownBy(
        scope(function* () {
          const child = spawn(function* () {
            yield* sleep(20)
            throw one
          })
          yield* moveOnAfter(1, function* () {
            yield* look(child)
          })
        }, alone),
      ),
      one,
    )
  }
})

test('R10: an error that the body got from a join and does not catch is thrown once', async () => {
  assert.equal(
    await thrownBy(
      scope(function* () {
        yield* spawn(fails)
      }, alone),
    ),
    one,
  )
})

atDepths('R10: a failing body still cancels the children', async deep => {
  const log: string[] = []
  assert.equal(
    await thrownBy(
      scope(
        () =>
          deep(function* () {
            spawn(function* () {
              try {
                yield* forever()
                log.push('never')
              } finally {
                yield* checkpoint()
                log.push('child')
              }
            })
            yield* checkpoint()
            throw two
          }),
        alone,
      ),
    ),
    two,
  )
  assert.deepEqual(log, ['child'])
})

test('R10: the unseen error of a child is not lost where the body fails later', async () => {
  const error = await thrownBy(
    scope(function* () {
      spawn(fails)
      yield* sleep(2)
      throw two
    }, alone),
  )
  assert.equal(error.name, 'ScopeError')
  assert.deepEqual(new Set(error.errors), new Set([one, two]))
})

test('R10: nor where the scope is cancelled, runs out of time, or the cleanup fails', async () => {
  assert.equal(
    await thrownBy(
      scope(function* (home) {
        spawn(fails)
        yield* sleep(2)
        home.cancel()
        yield* checkpoint()
      }, alone),
    ),
    one,
  )
  const late = await thrownBy(
    scope(
      function* () {
        spawn(fails)
        yield* forever()
      },
      { failFast: false, timeout: 3 },
    ),
  )
  assert.equal(late.name, 'ScopeError')
  assert.ok(late.errors.includes(one))
  const cleanup = await thrownBy(
    scope(function* () {
      spawn(fails)
      defer(() => raise(two))
    }, alone),
  )
  assert.deepEqual(new Set(cleanup.errors), new Set([one, two]))
})

test('R10: nor where the task is cancelled from outside', async () => {
  const task = run(() =>
    scope(function* () {
      spawn(fails)
      yield* forever()
    }, alone),
  )
  await turns()
  task.cancel()
  assert.deepEqual(await task.settled(), { status: 'failed', error: one })
})

test('R10: a cancelled child is no failure', async () => {
  assert.equal(
    await scope(function* () {
      const child = spawn(forever)
      yield* checkpoint()
      child.cancel()
      return 'value'
    }, alone),
    'value',
  )
})

test('R10: a daemon, and a child that was ready, fail alone too', async () => {
  const log: string[] = []
  const error = await thrownBy(
    scope(function* (home) {
      home.spawn(fails, { daemon: true })
      const ready = yield* start<string>(function* (ready) {
        ready('ready')
        yield* checkpoint()
        throw two
      })
      log.push(ready)
      yield* sleep(2)
      log.push('body')
    }, alone),
  )
  assert.deepEqual(new Set(error.errors), new Set([one, two]))
  assert.deepEqual(log, ['ready', 'body'])
})

test('R10: it holds for the children of that scope, not for those of its children', async () => {
  const log: string[] = []
  await scope(function* () {
    const child = spawn(function* () {
      spawn(fails)
      try {
        yield* forever()
      } finally {
        log.push('child was cancelled')
      }
    })
    const exit = yield* child.settled()
    log.push(exit.status)
    yield* checkpoint()
    log.push('body')
  }, alone)
  assert.deepEqual(log, ['child was cancelled', 'failed', 'body'])
})

atDepths(
  'R10: without it a failing child unwinds the body also where it is joining that child',
  async deep => {
    const log: string[] = []
    assert.equal(
      await thrownBy(
        scope(function* () {
          const child = spawn(function* () {
            yield* sleep(2)
            throw one
          })
          yield* deep(function* () {
            try {
              yield* child
            } catch {
              log.push('never')
            } finally {
              log.push('finally')
            }
          })
          log.push('never')
        }),
      ),
      one,
    )
    assert.deepEqual(log, ['finally'])
  },
)

test('R10: and also where it settles it, and where the child had failed in the turn before the join', async () => {
  const log: string[] = []
  assert.equal(
    await thrownBy(
      scope(function* () {
        yield* spawn(fails).settled()
        log.push('never')
      }),
    ),
    one,
  )
  assert.deepEqual(log, [])
})

atDepths('R10: without it, an inner scope is where a join can be caught', async deep => {
  const log: unknown[] = []
  await run(() =>
    deep(function* () {
      try {
        yield* scope(function* () {
          yield* spawn(fails)
        })
      } catch (error) {
        log.push(error)
      }
      yield* checkpoint()
      log.push('on')
    }),
  )
  assert.deepEqual(log, [one, 'on'])
})

test('R10: a child that is given to such a scope from outside fails alone too', async () => {
  let home!: Scope
  const open = gate()
  const task = run(() =>
    scope(function* (inner) {
      home = inner
      yield* open.wait()
      return 'value'
    }, alone),
  )
  await turns()
  const child = home.spawn(fails)
  assert.equal((await child.settled()).status, 'failed')
  open.open()
  assert.equal(await task, 'value')
})

test('R10: the error of a child whose start was cancelled is not lost either', async () => {
  assert.equal(
    await thrownBy(
      scope(function* (home) {
        yield* moveOnAfter(2, () =>
          home.start<void>(function* () {
            try {
              yield* forever()
            } finally {
              raise(one)
            }
          }),
        )
      }, alone),
    ),
    one,
  )
})

test('R10: an error that start has thrown was seen', async () => {
  assert.equal(
    await scope(function* () {
      try {
        yield* start<void>(fails)
      } catch (error) {
        assert.equal(error, one)
      }
      return 'value'
    }, alone),
    'value',
  )
})
