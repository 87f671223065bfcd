import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  checkpoint,
  co,
  defer,
  type Exit,
  forever,
  run,
  scope,
  sleep,
  spawn,
  suspend,
  timeout,
  use,
} from 'omakase'
import { atDepths, type Gen } from './depths.js'
import { fails, raise } from './fails.js'
import { gate } from './gate.js'
import { turn, turns } from './turns.js'

/** Counts what is open, and complains about what is released that is not. */
function handles() {
  const open = new Set<number>()
  const log: string[] = []
  let opened = 0
  return {
    log,
    get opened() {
      return opened
    },
    get left() {
      return open.size
    },
    open() {
      open.add(opened)
      return opened++
    },
    release(handle: number) {
      assert.ok(open.delete(handle), `handle ${handle} is released once, and only when it was opened`)
      log.push(`released ${handle}`)
    },
  }
}

atDepths('R31: what is acquired is released when the scope ends, before its value is given', async deep => {
  const all = handles()
  await run(function* () {
    yield* scope(() =>
      deep(function* () {
        const handle = yield* use(() => all.open(), all.release)
        all.log.push(`using ${handle}`)
        yield* checkpoint()
      }),
    )
    all.log.push('scope ended')
  })
  assert.deepEqual(all.log, ['using 0', 'released 0', 'scope ended'])
})

test('R31: a helper may open something for its caller', async () => {
  const all = handles()
  const helper = co(function* () {
    const handle = yield* use(() => all.open(), all.release)
    yield* checkpoint()
    return handle
  })
  await run(function* () {
    const handle = yield* helper()
    yield* checkpoint()
    all.log.push(`using ${handle}`)
  })
  assert.deepEqual(all.log, ['using 0', 'released 0'])
})

type Acquire = (open: () => number) => any

const acquires: Record<string, Acquire> = {
  'a plain function': open => () => open(),
  'an async function': open => async () => {
    await turn()
    const handle = open()
    await turn()
    return handle
  },
  'a coroutine that opens first': open =>
    function* (): Gen<number> {
      yield* checkpoint()
      return open()
    },
  'a wait that cannot be aborted': open => () =>
    suspend<number>(resume => void setImmediate(() => resume(open()))),
}

for (const [what, acquire] of Object.entries(acquires)) {
  test(`R31: no cancel at any point leaks a handle that is acquired by ${what}`, async () => {
    let whole = false
    for (let after = 0; !whole && after < 60; after++) {
      const all = handles()
      const target = run(function* () {
        for (let i = 0; i < 2; i++) yield* use(acquire(all.open), all.release)
        yield* checkpoint()
        yield* scope(function* () {
          yield* use(acquire(all.open), all.release)
          yield* checkpoint()
        })
      })
      for (let i = 0; i < after; i++) await (i % 2 ? turn() : Promise.resolve())
      target.cancel()
      const exit = await target.settled()
      assert.equal(all.left, 0, `a handle leaked when cancelled at ${after}`)
      assert.notEqual(exit.status, 'failed')
      whole = exit.status === 'ok' && all.opened === 3
    }
    assert.ok(whole, 'the last round was not cancelled any more')
  })
}

atDepths('R31: a handle that arrives after the cancel is released', async deep => {
  const all = handles()
  const arrived = gate<number>()
  const task = run(() =>
    deep(function* () {
      yield* use(() => new Promise<number>(resolve => void arrived.wait().then(resolve)), all.release)
      yield* checkpoint()
      all.log.push('went on')
    }),
  )
  await turns()
  task.cancel()
  await turns()
  assert.equal(task.state, 'waiting')
  arrived.open(all.open())
  assert.equal((await task.settled()).status, 'cancelled')
  assert.deepEqual(all.log, ['released 0'])
})

test('R31: a deadline and a failing sibling leak no more than a cancel', async () => {
  const all = handles()
  const late = async () => {
    await new Promise(resolve => setTimeout(resolve, 6))
    return all.open()
  }
  await fails(
    run(() =>
      timeout(2, function* () {
        yield* use(late, all.release)
        yield* forever()
      }),
    ),
    { name: 'TimeoutError' },
  )
  const error = new Error('sibling')
  await fails(
    run(function* () {
      spawn(function* () {
        yield* use(late, all.release)
        yield* forever()
      })
      yield* sleep(1)
      raise(error)
    }),
    error,
  )
  assert.equal(all.opened, 2)
  assert.equal(all.left, 0)
})

test('R31: a cancel cuts an acquire that is a coroutine; what it has opened it closes itself', async () => {
  const all = handles()
  const task = run(function* () {
    yield* use(function* (): Gen<number> {
      const handle = all.open()
      let complete = false
      try {
        yield* forever()
        complete = true
        return handle
      } finally {
        if (!complete) {
          yield* checkpoint()
          all.release(handle)
        }
      }
    }, all.release)
  })
  await turns()
  task.cancel()
  assert.equal((await task.settled()).status, 'cancelled')
  assert.deepEqual(all.log, ['released 0'])
})

test('R31: from the return of the coroutine on, the handle is registered', async () => {
  const all = handles()
  const task = run(function* () {
    yield* use(function* (): Gen<number> {
      yield* checkpoint()
      const handle = all.open()
      task.cancel()
      return handle
    }, all.release)
    yield* checkpoint()
    all.log.push('went on')
  })
  assert.equal((await task.settled()).status, 'cancelled')
  assert.deepEqual(all.log, ['released 0'])
})

test('R31: what an acquire uses itself is released after it', async () => {
  const log: string[] = []
  await run(function* () {
    yield* use(
      function* (): Gen<string> {
        yield* use(
          () => 'socket',
          () => void log.push('socket'),
        )
        return 'session'
      },
      () => void log.push('session'),
    )
  })
  assert.deepEqual(log, ['session', 'socket'])
})

test('R31: an acquire that fails registers nothing, and its error can be caught', async () => {
  const log: string[] = []
  const error = new Error('no such file')
  for (const acquire of [
    () => raise(error),
    async () => raise(error),
    function* (): Gen<never> {
      yield* checkpoint()
      throw error
    },
  ]) {
    await run(function* () {
      try {
        yield* use(acquire, () => void log.push('released'))
      } catch (thrown) {
        log.push(thrown === error ? 'caught' : 'another error')
      }
      yield* checkpoint()
    })
  }
  assert.deepEqual(log, ['caught', 'caught', 'caught'])
})

test('R31: releases and deferred functions run last in, first out, each when the one before has finished', async () => {
  const log: string[] = []
  const slow = (name: string) =>
    function* (): Gen<void> {
      log.push(`${name} begins`)
      yield* sleep(1)
      log.push(`${name} ends`)
    }
  await run(() =>
    scope(function* () {
      yield* use(() => 1, slow('first'))
      defer(slow('second'))
      yield* use(
        () => 3,
        async () => {
          log.push('third begins')
          await turns()
          log.push('third ends')
        },
      )
      defer(() => void log.push('fourth'))
    }),
  )
  assert.deepEqual(log, [
    'fourth',
    'third begins',
    'third ends',
    'second begins',
    'second ends',
    'first begins',
    'first ends',
  ])
})

for (const how of ['naturally', 'by a cancel', 'by a failing body', 'by a failing child'] as const) {
  test(`R31: releases run after the children have ended, where the scope ends ${how}`, async () => {
    const log: string[] = []
    const error = new Error('failed')
    const exit = await run(() =>
      scope(function* (self) {
        yield* use(
          () => 0,
          () => void log.push('released'),
        )
        spawn(function* () {
          try {
            yield* how === 'naturally' ? checkpoint() : forever()
          } finally {
            yield* sleep(3)
            log.push('child ended')
          }
        })
        yield* sleep(1)
        if (how === 'by a cancel') self.cancel()
        if (how === 'by a failing body') raise(error)
        if (how === 'by a failing child') spawn(() => raise(error))
        yield* checkpoint()
      }),
    ).settled()
    assert.equal(exit.status, how === 'naturally' ? 'ok' : 'failed')
    assert.deepEqual(log, ['child ended', 'released'])
  })
}

test('R31: each release runs once, however often the scope is cancelled while they run', async () => {
  const all = handles()
  const task = run(() =>
    scope(function* (self) {
      for (let i = 0; i < 3; i++) {
        yield* use(
          () => all.open(),
          function* (handle): Gen<void> {
            self.cancel()
            task.cancel()
            yield* checkpoint()
            all.release(handle)
          },
        )
      }
      self.cancel()
      yield* forever()
    }),
  )
  await task.settled()
  assert.deepEqual(all.log, ['released 2', 'released 1', 'released 0'])
})

test('R31: a release that throws keeps none of the others from running', async () => {
  const all = handles()
  const error = new Error('release')
  await fails(
    run(function* () {
      for (let i = 0; i < 3; i++) {
        yield* use(
          () => all.open(),
          handle => {
            all.release(handle)
            if (handle === 1) throw error
          },
        )
      }
    }),
    error,
  )
  assert.deepEqual(all.log, ['released 2', 'released 1', 'released 0'])
})

test('R31: a deferred function gets how the scope ended, and a release gets it too', async () => {
  const exits: Exit<unknown>[] = []
  const error = new Error('body')
  await run(() =>
    scope(function* () {
      defer(exit => void exits.push(exit))
      return 'value'
    }),
  )
  await fails(
    run(() =>
      scope(function* () {
        yield* use(
          () => 0,
          (_, exit) => void exits.push(exit),
        )
        raise(error)
      }),
    ),
    error,
  )
  const task = run(function* () {
    defer(exit => void exits.push(exit))
    yield* forever()
  })
  await turns()
  task.cancel('why')
  await task.settled()
  assert.deepEqual(exits.slice(0, 2), [
    { status: 'ok', value: 'value' },
    { status: 'failed', error },
  ])
  assert.ok(exits[2]?.status === 'cancelled')
  assert.equal(exits[2].reason.reason, 'why')
})

test('R31: what a deferred function defers or acquires in turn is released as well', async () => {
  const log: string[] = []
  await run(() =>
    scope(function* () {
      defer(() => void log.push('first in'))
      defer(function* (): Gen<void> {
        yield* use(
          () => 0,
          () => void log.push('acquired in the deferred function'),
        )
        defer(() => void log.push('deferred in the deferred function'))
        log.push('deferred function')
      })
    }),
  )
  assert.equal(log[0], 'deferred function')
  assert.deepEqual([...log].sort(), [
    'acquired in the deferred function',
    'deferred function',
    'deferred in the deferred function',
    'first in',
  ])
})

test('R31: children that a release starts have ended before the next release runs', async () => {
  const log: string[] = []
  await run(() =>
    scope(function* () {
      defer(() => void log.push('first in'))
      defer(() => {
        spawn(function* () {
          yield* sleep(2)
          log.push('child of the release')
        })
      })
    }),
  )
  assert.deepEqual(log, ['child of the release', 'first in'])
})

test('R31: a disposable is its own release', async () => {
  const log: string[] = []
  await run(function* () {
    yield* use({ [Symbol.dispose]: () => void log.push('disposed') })
    yield* use(() => ({ [Symbol.dispose]: () => void log.push('made and disposed') }))
    const same = { [Symbol.asyncDispose]: async () => void log.push('async') }
    assert.equal(yield* use(same), same)
  })
  assert.deepEqual(log, ['async', 'made and disposed', 'disposed'])
})

test('R31: a task that is cancelled before its first step releases what it acquires up to its first checkpoint', async () => {
  const all = handles()
  const task = run(function* () {
    yield* use(() => all.open(), all.release)
    yield* checkpoint()
    all.log.push('went on')
  })
  task.cancel()
  assert.equal((await task.settled()).status, 'cancelled')
  assert.equal(all.left, 0)
  assert.ok(!all.log.includes('went on'))
})

for (const [what, acquiring] of [
  ['a scope', (open: () => Gen<number>) => scope(open)],
  ['a timeout', (open: () => Gen<number>) => timeout(10_000, open)],
] as const) {
  test(`R31: what ${what} gives that is itself the acquire is registered, also where a cancel finds it at its end`, async () => {
    const some = handles()
    let resume!: () => void
    const opening = function* () {
      yield* suspend<void>(given => {
        resume = given
        return () => {}
      })
      return some.open()
    }
    const task = run(function* () {
      yield* use(acquiring(opening), handle => some.release(handle))
      yield* forever()
    })
    await turns()
    resume()
    task.cancel()
    assert.equal((await task.settled()).status, 'cancelled')
    assert.equal(some.opened, 1)
    assert.equal(some.left, 0)
  })
}
