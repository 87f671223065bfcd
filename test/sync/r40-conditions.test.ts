import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  BrokenError,
  Condition,
  checkpoint,
  forever,
  Lock,
  moveOnAfter,
  race,
  run,
  scope,
  select,
  sleep,
  spawn,
  type Task,
  timeout,
  UsageError,
} from 'omakase'
import { atDepths, type Gen } from '../core/depths.js'
import { fails } from '../core/fails.js'
import { gate } from '../core/gate.js'
import { turns } from '../core/turns.js'
import { isFree } from './support/lock-likes.js'

/** Tasks that wait on a condition, and say when each was woken, with the lock. */
async function waiting(condition: Condition, count: number, woken: unknown[]): Promise<Task<void>[]> {
  const tasks = Array.from({ length: count }, (_, i) =>
    run(
      condition.lock.with(function* () {
        yield* condition.wait()
        assert.notEqual(condition.lock.statistics().holder, undefined)
        woken.push(i)
        yield* checkpoint()
      }),
    ),
  )
  await turns()
  assert.equal(condition.statistics().waiting, count)
  return tasks
}

function notify(condition: Condition, count?: number): PromiseLike<void> {
  return run(condition.lock.with(() => condition.notify(count)))
}

test('R39: waiters are notified in the order in which they came, as many as were asked for', async () => {
  const condition = new Condition()
  const woken: unknown[] = []
  const tasks = await waiting(condition, 5, woken)
  await notify(condition)
  await turns()
  assert.deepEqual(woken, [0])
  await notify(condition, 2)
  await turns()
  assert.deepEqual(woken, [0, 1, 2])
  await notify(condition, 100)
  await Promise.all(tasks)
  assert.deepEqual(woken, [0, 1, 2, 3, 4])
  assert.ok(await isFree(condition.lock))
})

test('R39: notifyAll wakes everybody, one after the other; with nobody there it does nothing', async () => {
  const condition = new Condition()
  const woken: unknown[] = []
  const tasks = await waiting(condition, 4, woken)
  await run(condition.lock.with(() => condition.notifyAll()))
  await Promise.all(tasks)
  assert.deepEqual(woken, [0, 1, 2, 3])
  await run(condition.lock.with(() => condition.notifyAll()))
  const [late] = await waiting(condition, 1, woken)
  assert.equal(late!.state, 'waiting', 'what came before is not remembered')
  await notify(condition)
  await late
})

test('wait releases the lock while it waits, and holds it when it returns', async () => {
  const condition = new Condition()
  const { lock } = condition
  const log: string[] = []
  await run(function* () {
    spawn(
      lock.with(function* () {
        log.push('waits')
        yield* condition.wait()
        log.push('woken')
      }),
    )
    yield* checkpoint()
    yield* lock.acquire()
    condition.notify()
    yield* sleep(1)
    log.push('still mine')
    lock.release()
  })
  assert.deepEqual(log, ['waits', 'still mine', 'woken'])
})

test('one lock may have several conditions: a queue with a bound', async () => {
  const lock = new Lock()
  const notEmpty = new Condition(lock)
  const notFull = new Condition(lock)
  const items: number[] = []
  const got: number[] = []
  await run(function* () {
    for (let c = 0; c < 3; c++) {
      spawn(function* () {
        for (let i = 0; i < 20; i++) {
          yield* lock.with(function* () {
            while (items.length === 0) yield* notEmpty.wait()
            got.push(items.shift()!)
            notFull.notify()
          })
        }
      })
    }
    for (let p = 0; p < 2; p++) {
      spawn(function* () {
        for (let i = 0; i < 30; i++) {
          yield* lock.with(function* () {
            while (items.length === 2) yield* notFull.wait()
            items.push(p * 30 + i)
            notEmpty.notify()
          })
        }
      })
    }
  })
  assert.deepEqual(
    got.sort((a, b) => a - b),
    Array.from({ length: 60 }, (_, i) => i),
  )
  assert.ok(await isFree(lock))
})

atDepths('R40: a cancelled wait holds the lock again while it unwinds', async deep => {
  const condition = new Condition()
  const { lock } = condition
  const letGo = gate()
  const log: unknown[] = []
  const waiter = run(
    () =>
      deep(function* () {
        yield* lock.acquire()
        try {
          yield* condition.wait()
          log.push('went on')
        } finally {
          log.push(lock.statistics().holder?.name)
          lock.release()
        }
      }),
    { name: 'waiter' },
  )
  await turns()
  const holder = run(lock.with(() => letGo.wait()))
  await turns()
  waiter.cancel()
  await turns()
  assert.deepEqual(log, [], 'another holds it')
  assert.equal(waiter.state, 'waiting')
  waiter.cancel('again')
  letGo.open()
  await holder
  assert.equal((await waiter.settled()).status, 'cancelled')
  assert.deepEqual(log, ['waiter'])
  assert.ok(await isFree(lock))
})

atDepths('R40: so does one that times out', async deep => {
  const condition = new Condition()
  const { lock } = condition
  const log: unknown[] = []
  await run(function* () {
    yield* lock.acquire()
    const exit = yield* moveOnAfter(1, () =>
      deep(function* () {
        try {
          yield* condition.wait()
        } finally {
          log.push(lock.statistics().holder !== undefined)
        }
      }),
    )
    assert.equal(exit, undefined)
    lock.release()
  })
  assert.deepEqual(log, [true])
  assert.ok(await isFree(lock))
})

for (const gone of [0, 1, 2]) {
  test(`R40: a notification to a waiter that was cancelled goes to the next (the ${gone + 1}. of three is cancelled)`, async () => {
    for (const when of ['before', 'after'] as const) {
      const condition = new Condition()
      const woken: unknown[] = []
      const tasks = await waiting(condition, 3, woken)
      await run(
        condition.lock.with(() => {
          if (when === 'before') tasks[gone]!.cancel()
          condition.notify(2)
          if (when === 'after') tasks[gone]!.cancel()
        }),
      )
      await turns()
      assert.deepEqual(woken, [0, 1, 2].filter(i => i !== gone).slice(0, 2))
      assert.equal((await tasks[gone]!.settled()).status, 'cancelled')
      assert.equal(condition.statistics().waiting, 0)
      assert.ok(await isFree(condition.lock))
    }
  })
}

test('R40: a notification is passed on to one that came later, and that of notifyAll is not', async () => {
  for (const [count, isPassedOn] of [
    [1, true],
    [Infinity, false],
  ] as const) {
    const condition = new Condition()
    const { lock } = condition
    const woken: unknown[] = []
    const [first] = await waiting(condition, 1, woken)
    const letGo = gate()
    const notifier = run(
      lock.with(function* () {
        yield* letGo.wait()
        condition.notify(count)
      }),
    )
    await turns()
    // These are in the lock's line before the first is.
    const late = run(
      lock.with(function* () {
        yield* condition.wait()
        woken.push('late')
      }),
    )
    const canceller = run(lock.with(() => first!.cancel()))
    await turns()
    letGo.open()
    await Promise.all([notifier, canceller])
    assert.equal((await first!.settled()).status, 'cancelled')
    await turns()
    assert.deepEqual(woken, isPassedOn ? ['late'] : [])
    if (!isPassedOn) await notify(condition)
    await late
    assert.ok(await isFree(lock))
  }
})

test('R20: one that has the notification and the lock when its cancel arrives goes on to its next checkpoint', async () => {
  const condition = new Condition()
  const { lock } = condition
  const log: string[] = []
  const waiter = run(
    lock.with(function* () {
      yield* condition.wait()
      log.push('woken')
      yield* checkpoint()
      log.push('went on')
    }),
  )
  await turns()
  await run(function* () {
    yield* lock.acquire()
    condition.notify()
    lock.release()
    waiter.cancel()
  })
  assert.equal((await waiter.settled()).status, 'cancelled')
  assert.deepEqual(log, ['woken'])
  assert.ok(await isFree(lock))
})

test('R36: a wait is a bare operation: whatever wins, the task holds the lock again', async () => {
  for (const winner of ['condition', 'other', 'lock'] as const) {
    const condition = new Condition()
    const { lock } = condition
    const other = gate()
    const task: Task<string> = run(function* (): Gen<string> {
      yield* lock.acquire()
      const { name } = yield* select({
        condition: condition.wait(),
        other: other.wait(),
        ...(winner === 'lock' && { lock: lock.acquire() }),
      })
      assert.equal(lock.statistics().holder, task)
      lock.release()
      return name
    })
    await turns()
    if (winner === 'condition') await notify(condition)
    if (winner === 'other') other.open()
    assert.equal(await task, winner)
    assert.equal(condition.statistics().waiting, 0)
    assert.ok(await isFree(lock))
  }
})

test('R36: the lock that another contestant has got is not waited for again', async () => {
  const condition = new Condition()
  const { lock } = condition
  const letGo = gate()
  const task = run(function* () {
    yield* lock.acquire()
    const { name } = yield* select({ condition: condition.wait(), lock: lock.acquire() })
    lock.release()
    return name
  })
  const holder = run(
    lock.with(function* () {
      yield* letGo.wait()
      condition.notify()
    }),
  )
  await turns()
  letGo.open()
  await holder
  assert.match(await task, /lock|condition/)
  assert.ok(await isFree(lock))
})

test('R36: a wait that loses waits for the lock before the race is over', async () => {
  const condition = new Condition()
  const { lock } = condition
  const [other, letGo] = [gate(), gate()]
  const task: Task<void> = run(function* (): Gen<void> {
    yield* lock.acquire()
    yield* race([condition.wait(), other.wait()])
    assert.equal(lock.statistics().holder, task)
    lock.release()
  })
  await turns()
  const holder = run(lock.with(() => letGo.wait()))
  await turns()
  other.open()
  await turns()
  assert.equal(task.state, 'waiting')
  letGo.open()
  await Promise.all([holder, task])
  assert.ok(await isFree(lock))
})

test('R40: where the lock breaks, those who wait on its conditions get BrokenError as well', async () => {
  const lock = new Lock()
  const conditions = [new Condition(lock), new Condition(lock)]
  const tasks = conditions.flatMap(condition => [0, 1].map(() => run(lock.with(() => condition.wait()))))
  const selecting = run(lock.with(() => select({ wait: conditions[0]!.wait(), never: forever() })))
  await turns()
  await run(() => lock.acquire())
  for (const task of [...tasks, selecting]) await fails(task, { name: 'BrokenError' })
  for (const condition of conditions) assert.equal(condition.statistics().waiting, 0)
  await run(() => assert.throws(() => conditions[0]!.notify(), BrokenError))
})

test('R40: one that is cancelled on a condition of a lock that has just broken ends, with one error', async () => {
  const condition = new Condition()
  const { lock } = condition
  const waiter = run(lock.with(() => condition.wait()))
  await turns()
  const holder = run(function* () {
    yield* lock.acquire()
    waiter.cancel()
  })
  await holder
  const exit = await waiter.settled()
  assert.ok(exit.status === 'failed' && exit.error instanceof BrokenError)
})

test('R40: to wait or to notify without holding the lock is a UsageError', async () => {
  const condition = new Condition()
  await fails(run(condition.wait()), { name: 'UsageError' })
  await run(() => {
    assert.throws(() => condition.notify(), /not held/)
    assert.throws(() => condition.notifyAll(), UsageError)
  })
  assert.throws(() => condition.notify(), UsageError)
  await run(function* () {
    yield* condition.lock.acquire()
    const other = yield* scope(() => spawned(condition), { failFast: false })
    assert.match(String(other), /UsageError/)
    condition.lock.release()
  })
  assert.equal(condition.statistics().waiting, 0)
  assert.ok(await isFree(condition.lock))
})

function* spawned(condition: Condition) {
  const exit = yield* spawn(() => condition.wait()).settled()
  return exit.status === 'failed' ? exit.error : exit.status
}

test('R23: a wait inside a timeout and a scope of its own keeps its lock for the task', async () => {
  const condition = new Condition()
  const woken = run(
    condition.lock.with(function* () {
      yield* timeout(10_000, condition.wait())
      yield* scope(() => condition.wait())
      return 'twice'
    }),
  )
  await turns()
  await notify(condition)
  await turns()
  await notify(condition)
  assert.equal(await woken, 'twice')
})
