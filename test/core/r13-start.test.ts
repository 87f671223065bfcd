import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  checkpoint,
  co,
  currentTask,
  forever,
  moveOnAfter,
  run,
  type Scope,
  scope,
  sleep,
  spawn,
  start,
  timeout,
} from 'omakase'
import { atDepths } from './depths.js'
import { raise } from './fails.js'
import { gate } from './gate.js'
import { errorsIn, thrownBy } from './thrown.js'
import { turns } from './turns.js'

const one = new Error('one')
const two = new Error('two')

atDepths('R13: start returns what ready was given, and the child goes on', async deep => {
  const log: unknown[] = []
  await scope(() =>
    deep(function* () {
      const port = yield* start<number>(function* (ready) {
        yield* checkpoint()
        ready(8080)
        log.push('after ready')
        yield* sleep(1)
        log.push('child')
      })
      log.push(port)
    }),
  )
  assert.deepEqual(log, ['after ready', 8080, 'child'])
})

test('R13: ready may be called from anywhere: a call, a child, a timer, an async body', async () => {
  const values = await run(function* () {
    const given: number[] = []
    const deeper = co(function* (ready: (value: number) => void) {
      yield* checkpoint()
      ready(1)
    })
    given.push(
      yield* start<number>(function* (ready) {
        yield* deeper(ready)
      }),
      yield* start<number>(function* (ready) {
        spawn(() => ready(2))
      }),
      yield* start<number>(function* (ready) {
        setTimeout(ready, 1, 3)
        yield* sleep(5)
      }),
      yield* start<number>(async (ready, signal) => {
        assert.ok(signal instanceof AbortSignal)
        await null
        ready(4)
      }),
      yield* start<number>(ready => ready(5)),
    )
    assert.equal(yield* start<void>(ready => ready()), undefined)
    return given
  })
  assert.deepEqual(values, [1, 2, 3, 4, 5])
})

test('R13: a child that is ready lives in the scope: it is cancelled with it', async () => {
  const log: string[] = []
  await run(function* () {
    const program = scope(function* (home) {
      yield* start<void>(function* (ready) {
        ready()
        try {
          yield* forever()
        } finally {
          yield* checkpoint()
          log.push('child')
        }
      })
      home.cancel()
    })
    try {
      yield* program
    } catch (error) {
      log.push((error as Error).name)
    }
  })
  assert.deepEqual(log, ['child', 'CancelledError'])
})

atDepths('R13: a failure before ready is thrown from start, and not from the scope', async deep => {
  const log: unknown[] = []
  const value = await scope(function* () {
    const sibling = spawn(function* () {
      yield* sleep(3)
      return 'sibling'
    })
    yield* deep(function* () {
      try {
        yield* start<void>(function* () {
          yield* checkpoint()
          throw one
        })
        log.push('never')
      } catch (error) {
        log.push(error)
      }
      yield* checkpoint()
      log.push('on')
    })
    return yield* sibling
  })
  assert.equal(value, 'sibling')
  assert.deepEqual(log, [one, 'on'])
})

test('R13: also at its first step, in an async body, by a grandchild, and as a string', async () => {
  const bodies: ((ready: (value: number) => void) => any)[] = [
    () => {
      throw 'failed'
    },
    async () => {
      throw 'failed'
    },
    function* () {
      spawn(function* () {
        throw 'failed'
      })
      yield* forever()
    },
  ]
  for (const body of bodies) {
    const caught = await scope(function* () {
      try {
        yield* start<number>(body)
      } catch (error) {
        return error
      }
      return undefined
    })
    assert.equal(caught, 'failed')
  }
})

test('R13: a failure after ready is thrown from the scope', async () => {
  const log: unknown[] = []
  assert.equal(
    await thrownBy(
      scope(function* () {
        try {
          log.push(
            yield* start<string>(function* (ready) {
              ready('ready')
              yield* checkpoint()
              yield* checkpoint()
              throw one
            }),
          )
        } catch {
          log.push('never')
        }
        try {
          yield* forever()
        } catch {
          log.push('never')
        } finally {
          log.push('cancelled')
        }
      }),
    ),
    one,
  )
  assert.deepEqual(log, ['ready', 'cancelled'])
})

test('R13: so is one in the very step of ready', async () => {
  const log: unknown[] = []
  const error = await thrownBy(
    scope(function* () {
      try {
        yield* start<string>(ready => {
          ready('ready')
          throw one
        })
      } catch {
        log.push('never')
      }
    }),
  )
  assert.equal(error, one)
  assert.deepEqual(log, [])
})

atDepths('R13: ending without ready is an error, thrown from start', async deep => {
  const caught: Error[] = []
  await scope(() =>
    deep(function* () {
      try {
        yield* start<void>(function* shy() {
          yield* checkpoint()
        })
      } catch (error) {
        caught.push(error as Error)
      }
      try {
        yield* start<void>(() => {})
      } catch (error) {
        caught.push(error as Error)
      }
    }),
  )
  assert.deepEqual(
    caught.map(error => error.name),
    ['UsageError', 'UsageError'],
  )
  assert.match(caught[0]!.message, /ready/)
  assert.match(caught[0]!.message, /shy/)
})

test('R13: ready twice is an error', async () => {
  for (const again of [1, 2]) {
    const error = await thrownBy(
      scope(function* () {
        yield* start<number>(function* eager(ready) {
          ready(1)
          ready(again)
        })
        yield* checkpoint()
      }),
    )
    assert.equal(error.name, 'UsageError')
    assert.match(error.message, /ready/)
  }
  const later = await thrownBy(
    scope(function* () {
      yield* start<number>(function* (ready) {
        ready(1)
        yield* sleep(1)
        ready(2)
      })
      yield* forever()
    }),
  )
  assert.equal(later.name, 'UsageError')
})

atDepths('R13: a start that is cancelled before ready cancels its child and waits for it', async deep => {
  const log: string[] = []
  await scope(function* () {
    yield* moveOnAfter(2, () =>
      deep(function* () {
        try {
          yield* start<void>(function* () {
            try {
              yield* forever()
            } finally {
              yield* sleep(2)
              log.push('child')
            }
          })
          log.push('never')
        } catch {
          log.push('never')
        } finally {
          log.push('start')
        }
      }),
    )
    log.push('moved on')
  })
  assert.deepEqual(log, ['child', 'start', 'moved on'])
})

atDepths('R13: also where the child is given to an outer scope', async deep => {
  const log: string[] = []
  await scope(function* (outer) {
    yield* moveOnAfter(2, () =>
      deep(function* () {
        yield* outer.start<void>(function* () {
          try {
            yield* forever()
          } finally {
            yield* sleep(2)
            log.push('child')
          }
        })
      }),
    )
    log.push('moved on')
    assert.deepEqual([...outer.tasks], [])
  })
  assert.deepEqual(log, ['child', 'moved on'])
})

test('R13: also where the child belongs to another task, and had not started', async () => {
  const log: string[] = []
  let home!: Scope
  const open = gate()
  const holder = run(() =>
    scope(function* (inner) {
      home = inner
      yield* open.wait()
      return 'holder'
    }),
  )
  await turns()
  const starter = run(() =>
    home.start<void>(function* () {
      log.push('started')
      try {
        yield* forever()
      } finally {
        yield* sleep(2)
        log.push('child')
      }
    }),
  )
  starter.cancel()
  // Nothing was started yet: either nothing happens at all, or all of it is undone.
  assert.equal((await starter.settled()).status, 'cancelled')
  assert.ok(log.length === 0 || log.length === 2)
  const second = run(() =>
    home.start<void>(function* () {
      try {
        yield* forever()
      } finally {
        yield* sleep(2)
        log.push('second')
      }
    }),
  )
  await turns()
  second.cancel()
  assert.equal((await second.settled()).status, 'cancelled')
  assert.equal(log.at(-1), 'second')
  open.open()
  assert.equal(await holder, 'holder')
})

test('R13: an error in the cleanup of a child whose start is cancelled is not lost', async () => {
  const error = await thrownBy(
    scope(function* (outer) {
      yield* timeout(2, () =>
        outer.start<void>(function* () {
          try {
            yield* forever()
          } finally {
            raise(two)
          }
        }),
      )
    }),
  )
  assert.ok(errorsIn(error).includes(two))
})

test('R13: ready that was granted when the cancel arrives counts; the cancel comes at the next checkpoint', async () => {
  const log: unknown[] = []
  let ready!: (value: string) => void
  const task = run(function* () {
    log.push(
      yield* start<string>(function* (give) {
        ready = give
        try {
          yield* forever()
        } finally {
          log.push('child')
        }
      }),
    )
    yield* checkpoint()
    log.push('never')
  })
  await turns()
  ready('value')
  task.cancel()
  assert.equal((await task.settled()).status, 'cancelled')
  assert.deepEqual(new Set(log), new Set(['value', 'child']))
})

test('R13: a child that is cancelled by name before ready is an error of start, and only of start', async () => {
  const caught = await scope(function* () {
    try {
      yield* start<void>(function* () {
        currentTask()!.cancel('by name')
        yield* checkpoint()
      })
    } catch (error) {
      return error as Error
    }
    return undefined
  })
  assert.ok(caught instanceof Error)
})

test('R13: a daemon may be started', async () => {
  const log: unknown[] = []
  await scope(function* () {
    log.push(
      yield* start<number>(
        function* (ready) {
          ready(1)
          try {
            yield* forever()
          } finally {
            log.push('daemon')
          }
        },
        { daemon: true },
      ),
    )
  })
  assert.deepEqual(log, [1, 'daemon'])
})

test('R13: ready after the child has ended or was cancelled disturbs nothing', async () => {
  let late!: (value: number) => void
  const value = await scope(function* () {
    yield* moveOnAfter(1, () =>
      start<number>(function* (ready) {
        late = ready
        try {
          yield* forever()
        } finally {
          ready(1)
        }
      }),
    )
    return 'value'
  })
  assert.equal(value, 'value')
  try {
    late(2)
  } catch (error) {
    assert.equal((error as Error).name, 'UsageError')
  }
})
