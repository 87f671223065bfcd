import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Co,
  checkpoint,
  contextManager,
  defer,
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
  wait,
  within,
} from 'omakase'
import { atDepths, type Deep } from './depths.js'
import { gate } from './gate.js'
import { turns } from './turns.js'

/** What may try to cut cleanup short, once it has begun. */
interface Setting {
  task: Task<unknown>
  home: Scope
  /** Lets a sibling of the cleaning frame fail. */
  failSibling(): void
}

const cuts: Record<string, (setting: Setting) => void> = {
  'a second cancel': ({ task }) => task.cancel('again'),
  'the cancel of its scope': ({ home }) => home.cancel(),
  'a deadline': ({ home }) => {
    home.deadline = 0
  },
  'a failing sibling': ({ failSibling }) => failSibling(),
  'all of them': ({ task, home, failSibling }) => {
    task.cancel()
    home.deadline = 0
    failSibling()
    home.cancel()
  },
}

/** Where cleanup may stand; `wait` is to be run as a part of it. */
const places: Record<string, (deep: Deep, wait: () => Co<void>, log: string[]) => Co<unknown>> = {
  'a finally': (deep, wait, log) =>
    deep(function* () {
      try {
        yield* forever()
      } finally {
        yield* wait()
        log.push('cleaned up')
      }
    }),
  'a deferred function': (deep, wait, log) =>
    scope(() =>
      deep(function* () {
        defer(function* () {
          yield* wait()
          log.push('cleaned up')
        })
        yield* forever()
      }),
    ),
  'a release': (deep, wait, log) =>
    scope(() =>
      deep(function* () {
        yield* use(
          () => 'resource',
          function* () {
            yield* wait()
            log.push('cleaned up')
          },
        )
        yield* forever()
      }),
    ),
  "a manager's exit": (deep, wait, log) =>
    deep(function* () {
      const manager = contextManager(function* () {
        try {
          yield
        } finally {
          yield* wait()
          log.push('cleaned up')
        }
      })
      yield* within(manager(), () => forever())
    }),
  'an async release': (deep, wait, log) =>
    scope(() =>
      deep(function* () {
        yield* use(
          () => 'resource',
          async () => {
            await run(wait)
            log.push('cleaned up')
          },
        )
        yield* forever()
      }),
    ),
  'the finally of a child': (deep, wait, log) =>
    scope(function* () {
      spawn(() =>
        deep(function* () {
          try {
            yield* forever()
          } finally {
            yield* wait()
            log.push('cleaned up')
          }
        }),
      )
      yield* forever()
    }),
}

for (const [where, place] of Object.entries(places)) {
  for (const [what, cut] of Object.entries(cuts)) {
    atDepths(`R18: ${where} that a cancellation entered is not cut short by ${what}`, async deep => {
      const log: string[] = []
      const first = gate()
      const second = gate()
      const sibling = gate()
      let home!: Scope
      const waits = () =>
        scope(function* () {
          yield* first.wait()
          log.push('first')
          yield* checkpoint()
          yield* second.wait()
          log.push('second')
          yield* checkpoint()
        })
      const task = run(() =>
        scope(function* (inner) {
          home = inner
          spawn(function* () {
            // Shielded, so that it is still there to fail when the cancellation is on its way.
            yield* shield(sibling.wait)
            throw new Error('sibling')
          })
          yield* place(deep, waits, log)
        }),
      )
      await turns(10)
      home.cancel()
      await turns(10)
      cut({ task, home, failSibling: () => sibling.open() })
      await turns(10)
      assert.deepEqual(log, [])
      first.open()
      await turns(10)
      cut({ task, home, failSibling: () => sibling.open() })
      await turns(10)
      assert.deepEqual(log, ['first'])
      second.open()
      sibling.open()
      await task.settled()
      assert.deepEqual(log, ['first', 'second', 'cleaned up'])
    })
  }
}

test('R18: a deadline that passes in the cleanup of an inner one does not cut it short', async () => {
  const log: string[] = []
  const error = await run(function* () {
    try {
      yield* timeout(6, function* () {
        yield* timeout(2, function* () {
          try {
            yield* forever()
          } finally {
            yield* sleep(10)
            log.push('cleaned up')
          }
        })
      })
    } catch (caught) {
      return caught as Error
    }
    return undefined
  })
  assert.equal(error?.name, 'TimeoutError')
  assert.deepEqual(log, ['cleaned up'])
})

const natural: Record<string, (wait: () => Co<void>) => Co<unknown>> = {
  'a deferred function': wait =>
    scope(function* () {
      defer(wait)
    }),
  'a release': wait => scope(() => use(() => 1, wait)),
  'an async disposable': wait =>
    scope(() =>
      use({
        [Symbol.asyncDispose]: async () => {
          await run(wait)
        },
      }),
    ),
}

for (const [where, place] of Object.entries(natural)) {
  test(`R18: ${where} is masked also where the scope ended naturally; the cancel comes after it`, async () => {
    const log: string[] = []
    const open = gate()
    const task = run(function* () {
      yield* place(() =>
        scope(function* () {
          yield* open.wait()
          log.push('first')
          yield* checkpoint()
          log.push('second')
        }),
      )
      log.push('never')
    })
    await turns()
    task.cancel()
    await turns()
    task.cancel()
    assert.deepEqual(log, [])
    open.open()
    assert.equal((await task.settled()).status, 'cancelled')
    assert.deepEqual(log, ['first', 'second'])
  })

  test(`R18: ${where} of a scope whose body failed is masked too`, async () => {
    const log: string[] = []
    const open = gate()
    const task = run(function* () {
      yield* scope(function* () {
        yield* place(() =>
          scope(function* () {
            yield* open.wait()
            yield* checkpoint()
            log.push('cleaned up')
          }),
        )
        throw new Error('body')
      })
    })
    await turns()
    task.cancel()
    await turns()
    open.open()
    await task.settled()
    assert.deepEqual(log, ['cleaned up'])
  })
}

atDepths('R18: a finally that a frame entered by itself is cut', async deep => {
  const log: string[] = []
  const task = run(() =>
    deep(function* () {
      try {
        log.push('body')
      } finally {
        log.push('begin')
        yield* forever()
        log.push('never')
      }
    }),
  )
  await turns(10)
  task.cancel()
  assert.equal((await task.settled()).status, 'cancelled')
  assert.deepEqual(log, ['body', 'begin'])
})

test('R18: so cleanup that suspends belongs in a shield, or in defer', async () => {
  const log: string[] = []
  const open = gate()
  const task = run(function* () {
    defer(function* () {
      yield* checkpoint()
      log.push('deferred')
    })
    try {
      log.push('body')
    } finally {
      yield* shield(open.wait)
      log.push('never: the shield has ended')
    }
  })
  await turns()
  task.cancel()
  await turns()
  open.open()
  assert.equal((await task.settled()).status, 'cancelled')
  assert.deepEqual(log, ['body', 'deferred'])
})

atDepths('R18: scopes, timeouts and cancels inside of cleanup work as everywhere', async deep => {
  const log: unknown[] = []
  const task = run(() =>
    deep(function* () {
      try {
        yield* forever()
      } finally {
        log.push(yield* moveOnAfter(2, forever))
        try {
          yield* timeout(1, function* () {
            try {
              yield* forever()
            } finally {
              log.push('inner finally')
            }
          })
        } catch (error) {
          log.push((error as Error).name)
        }
        yield* scope(function* () {
          const child = spawn(forever)
          yield* checkpoint()
          child.cancel()
          log.push((yield* child.settled()).status)
        })
        try {
          yield* scope(function* () {
            spawn(() => {
              throw new Error('child')
            })
            yield* forever()
          })
        } catch (error) {
          log.push((error as Error).message)
        }
        yield* checkpoint()
        log.push('end')
      }
    }),
  )
  await turns(10)
  task.cancel()
  assert.equal((await task.settled()).status, 'cancelled')
  assert.deepEqual(log, [undefined, 'inner finally', 'TimeoutError', 'cancelled', 'child', 'end'])
})

test('R18: so they do in a deferred function, also of a scope that ended naturally', async () => {
  const log: unknown[] = []
  await scope(function* () {
    defer(function* () {
      log.push(yield* moveOnAfter(1, forever))
      log.push('end')
    })
  })
  assert.deepEqual(log, [undefined, 'end'])
})

atDepths('R18: a promise that cleanup waits for is waited for', async deep => {
  const log: string[] = []
  let resolve!: () => void
  const promise = new Promise<void>(done => {
    resolve = done
  })
  const task = run(() =>
    deep(function* () {
      try {
        yield* forever()
      } finally {
        yield* wait(promise)
        yield* wait(async signal => {
          await null
          log.push(`aborted: ${signal.aborted}`)
        })
        log.push('cleaned up')
      }
    }),
  )
  await turns(10)
  task.cancel()
  await turns()
  task.cancel()
  await turns()
  resolve()
  await task.settled()
  assert.deepEqual(log, ['aborted: false', 'cleaned up'])
})

test('R18: the mask ends with the frame: the next frames cleanup is masked again', async () => {
  const log: string[] = []
  const gates = [gate(), gate()] as const
  const task = run(function* () {
    try {
      yield* scope(function* () {
        try {
          yield* forever()
        } finally {
          yield* gates[0].wait()
          log.push('inner')
        }
      })
    } finally {
      yield* gates[1].wait()
      log.push('outer')
    }
  })
  await turns()
  for (let i = 0; i < 2; i++) {
    task.cancel()
    await turns()
    gates[i]!.open()
    await turns()
  }
  assert.equal((await task.settled()).status, 'cancelled')
  assert.deepEqual(log, ['inner', 'outer'])
})

test('R18: the mask goes with the scope: after a timeout, a cancel is seen again', async () => {
  const log: string[] = []
  const reached = gate()
  const task = run(function* () {
    yield* moveOnAfter(1, function* () {
      try {
        yield* forever()
      } finally {
        yield* checkpoint()
      }
    })
    log.push('after the timeout')
    reached.open()
    yield* forever()
  })
  await reached.wait()
  assert.deepEqual(log, ['after the timeout'])
  task.cancel()
  assert.equal((await task.settled()).status, 'cancelled')
})
