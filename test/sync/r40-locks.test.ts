import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  BrokenError,
  type Co,
  Condition,
  checkpoint,
  forever,
  Lock,
  race,
  run,
  scope,
  select,
  sleep,
  spawn,
  UsageError,
} from 'omakase'
import { atDepths } from '../core/depths.js'
import { fails } from '../core/fails.js'
import { gate } from '../core/gate.js'
import { thrownBy } from '../core/thrown.js'
import { turns } from '../core/turns.js'
import { held, isFree } from './support/lock-likes.js'

/** How a holder may end without releasing. */
const endings: Record<string, (lock: Lock) => Promise<unknown>> = {
  'returns a value': async lock => run(() => lock.acquire()),
  'has taken it by tryAcquire': async lock => run(() => lock.tryAcquire()),
  'got it as a waiter': async lock => {
    const letGo = await held(lock)
    const task = run(() => lock.acquire())
    await turns()
    await letGo()
    await task
  },
  'got it in a race': async lock => run(() => race([lock.acquire(), forever()])),
  fails: async lock => {
    const error = new Error('holder')
    const task = run(function* () {
      yield* lock.acquire()
      throw error
    })
    await fails(task, error)
  },
  'is cancelled': async lock => {
    const task = run(function* () {
      yield* lock.acquire()
      yield* forever()
    })
    await turns()
    task.cancel()
    await task.settled()
  },
  'is cancelled in the turn in which it gets it': async lock => {
    const letGo = await held(lock)
    const task = run(function* () {
      yield* lock.acquire()
      yield* checkpoint()
      assert.fail('it went on')
    })
    await turns()
    const released = letGo()
    task.cancel()
    await Promise.all([released, task.settled()])
    if (lock.statistics().holder === undefined && !lock.statistics().isBroken) await endings.fails!(lock)
  },
  'is abandoned by the grace of a scope': async lock => {
    await run(function* () {
      const error = yield* caught(() =>
        scope(
          function* (home) {
            spawn(function* () {
              try {
                yield* lock.acquire()
                yield* forever()
              } finally {
                yield* forever()
              }
            })
            yield* checkpoint()
            yield* checkpoint()
            home.cancel()
            yield* forever()
          },
          { grace: 1 },
        ),
      )
      assert.match(String(error), /grace/)
    })
  },
}

function* catching(body: () => Co<unknown>) {
  try {
    yield* body()
    return undefined
  } catch (error) {
    return error
  }
}
const caught = (body: () => Co<unknown>) => scope(() => catching(body))

for (const [how, end] of Object.entries(endings)) {
  test(`R40: a lock whose holder ${how} and ends without releasing it is broken, for good`, async () => {
    const lock = new Lock()
    const waiters: PromiseLike<unknown>[] = []
    const ending = end(lock)
    for (let i = 0; i < 3; i++) {
      // Some come before the holder has it; those wait, or get it and give it back.
      waiters.push(
        run(function* () {
          while (lock.statistics().holder === undefined && !lock.statistics().isBroken) yield* checkpoint()
          yield* lock.acquire()
          lock.release()
        })
          .settled()
          .then(exit => (exit.status === 'failed' ? exit.error : exit.status)),
      )
    }
    await ending
    await turns()
    assert.equal(lock.statistics().isBroken, true)
    assert.equal(lock.statistics().holder, undefined)
    assert.equal(lock.statistics().waiting, 0)
    const broken = await thrownBy(run(() => lock.acquire()))
    assert.ok(broken instanceof BrokenError)
    for (const waiter of await Promise.all(waiters)) assert.ok(waiter === broken || waiter === 'ok')
    await run(() => {
      assert.throws(() => lock.tryAcquire(), BrokenError)
      assert.throws(() => lock.release(), BrokenError)
    })
    await fails(run(lock.with(() => assert.fail('it ran'))), broken)
  })
}

test('R40: the error names the holder and says what to write', async () => {
  const lock = new Lock()
  await run(() => lock.acquire(), { name: 'careless' })
  const error = await thrownBy(run(() => lock.acquire()))
  assert.match(error.message, /"careless"/)
  assert.match(error.message, /lock\.with\(body\)/)
})

test('R40: every waiter gets BrokenError, also one that selects among several', async () => {
  const lock = new Lock()
  const letGo = gate()
  const holder = run(function* () {
    yield* lock.acquire()
    yield* letGo.wait()
  })
  await turns()
  const waiters = [
    run(() => lock.acquire()),
    run(() => select({ lock: lock.acquire(), never: forever() })),
    run(lock.with(() => {})),
  ]
  await turns()
  letGo.open()
  await holder
  for (const waiter of waiters) await fails(waiter, { name: 'BrokenError' })
})

test('R40: a holder that has released is of no more concern to the lock', async () => {
  const lock = new Lock()
  for (let i = 0; i < 3; i++) {
    await run(function* () {
      yield* lock.acquire()
      yield* checkpoint()
      lock.release()
      yield* lock.acquire()
      lock.release()
    })
  }
  assert.equal(lock.statistics().isBroken, false)
})

test('R40: a deferred function and a release may still release the lock of their task', async () => {
  const lock = new Lock()
  await run(function* () {
    yield* scope(function* (home) {
      yield* lock.acquire()
      home.defer(() => lock.release())
    })
    assert.equal(lock.statistics().holder, undefined)
  })
  assert.equal(lock.statistics().isBroken, false)
})

test('R40: a holder that joins nobody and is joined by many breaks its lock once, and they all hear of its end', async () => {
  const lock = new Lock()
  await run(function* () {
    const holder = spawn(function* () {
      yield* lock.acquire()
      yield* checkpoint()
      return 'value'
    })
    const joiners = [0, 1, 2].map(() =>
      spawn(function* () {
        return yield* holder
      }),
    )
    for (const joiner of joiners) assert.equal(yield* joiner, 'value')
  })
  assert.equal(lock.statistics().isBroken, true)
})

test('R40: one task may hold many locks, and only what it has not released breaks', async () => {
  const locks = [0, 1, 2, 3].map(() => new Lock())
  await run(function* () {
    for (const lock of locks) yield* lock.acquire()
    locks[2]!.release()
    locks[0]!.release()
  })
  assert.deepEqual(
    locks.map(lock => lock.statistics().isBroken),
    [false, true, false, true],
  )
})

test('R40: to release the lock of another task is a UsageError that names it, and takes nothing from it', async () => {
  const lock = new Lock()
  await run(
    function* () {
      yield* lock.acquire()
      const error = yield* caught(() =>
        scope(() => {
          spawn(() => lock.release(), { name: 'other' })
        }),
      )
      assert.ok(error instanceof UsageError)
      assert.match(error.message, /"owner"/)
      assert.equal(lock.statistics().holder?.name, 'owner')
      lock.release()
    },
    { name: 'owner' },
  ).settled()
  assert.equal(lock.statistics().holder, undefined)
  assert.throws(() => lock.release(), UsageError)
})

test('R40: to acquire what one holds oneself is a UsageError, and takes nothing', async () => {
  const lock = new Lock()
  await run(function* () {
    yield* lock.acquire()
    for (const again of [
      () => lock.acquire(),
      () => lock.with(() => {}),
      () => race([lock.acquire(), sleep(1)]),
      () => select({ lock: lock.acquire() }),
    ]) {
      const error = yield* caught(again)
      assert.ok(error instanceof UsageError)
      assert.match(error.message, /holds this lock already/)
    }
    assert.throws(() => lock.tryAcquire(), UsageError)
    assert.equal(lock.statistics().waiting, 0)
    lock.release()
  })
  assert.equal(lock.statistics().isBroken, false)
})

test('R40: what a contestant holds that another task runs is not what its starter holds', async () => {
  const lock = new Lock()
  const task = run(function* () {
    yield* lock.acquire()
    return yield* race([() => lock.with(() => 'got it'), () => sleep(1)])
  })
  assert.equal(await task, undefined)
  assert.equal(lock.statistics().isBroken, true, 'the task itself never released')
})

test('R40: outside of any task nobody can take or release a lock', async () => {
  const lock = new Lock()
  assert.throws(() => lock.tryAcquire(), { name: 'UsageError', message: /outside of a task/ })
  assert.throws(() => lock.release(), UsageError)
  const letGo = await held(lock)
  assert.throws(() => lock.release(), UsageError)
  await letGo()
})

atDepths('R19: a lock breaks where the part of its holder that got it is abandoned', async deep => {
  const inner = new Lock()
  const outer = new Lock()
  const task = run(function* () {
    yield* outer.acquire()
    const error = yield* caught(() =>
      scope(
        () =>
          deep(function* () {
            yield* inner.acquire()
            try {
              yield* forever()
            } finally {
              yield* forever()
            }
          }),
        { timeout: 1, grace: 1 },
      ),
    )
    assert.match(String(error), /grace/)
    assert.equal(inner.statistics().isBroken, true)
    assert.equal(outer.statistics().isBroken, false, 'that is held by what goes on')
    outer.release()
  })
  await task
  assert.equal(outer.statistics().isBroken, false)
})

/** A child that is abandoned while it waits so in its cleanup. */
function* abandonedIn(stuck: () => Co<unknown>, before: () => Co<unknown> = checkpoint) {
  const error = yield* caught(() =>
    scope(
      function* () {
        spawn(function* () {
          yield* before()
          try {
            yield* forever()
          } finally {
            yield* stuck()
          }
        })
        yield* forever()
      },
      { timeout: 1, grace: 1 },
    ),
  )
  assert.match(String(error), /grace/)
}

test('R19: an abandoned waiter for a lock leaves the line and does not break it', async () => {
  const lock = new Lock()
  const letGo = await held(lock)
  await run(() => abandonedIn(() => lock.acquire()))
  assert.equal(lock.statistics().waiting, 0)
  await letGo()
  assert.ok(await isFree(lock))
})

test('R19: an abandoned waiter on a condition leaves it and does not break its lock', async () => {
  const condition = new Condition()
  const { lock } = condition
  await run(() =>
    abandonedIn(
      () => condition.wait(),
      () => lock.acquire(),
    ),
  )
  assert.equal(condition.statistics().waiting, 0)
  assert.ok(await isFree(lock))
})

test('R19: one that was cut on a condition and is abandoned while it waits for the lock never gets it', async () => {
  const waits = [
    (condition: Condition) => condition.wait(),
    (condition: Condition) => select({ it: condition.wait(), never: forever() }),
    (condition: Condition) => race([condition.wait(), forever()]),
    (condition: Condition) => race([select({ it: condition.wait(), never: forever() }), forever()]),
  ]
  for (const wait of waits) {
    const condition = new Condition()
    const { lock } = condition
    const letGo = gate()
    const error = await thrownBy(
      run(() =>
        scope(
          function* (home) {
            spawn<unknown>(() => lock.with<unknown>(() => wait(condition)))
            while (condition.statistics().waiting === 0) yield* checkpoint()
            run(lock.with(() => letGo.wait()))
            while (lock.statistics().holder === undefined) yield* checkpoint()
            home.cancel()
            yield* forever()
          },
          { grace: 1 },
        ),
      ),
    )
    assert.match(String(error), /grace/)
    assert.equal(lock.statistics().waiting, 1)
    letGo.open()
    await turns()
    assert.ok(await isFree(lock))
  }
})
