import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Body,
  checkpoint,
  co,
  forever,
  moveOnAfter,
  race,
  run,
  ScopeError,
  select,
  shield,
  sleep,
  spawn,
  timeout,
  UsageError,
} from 'omakase'
import { atDepths } from '../core/depths.js'
import { fails, raise } from '../core/fails.js'
import { gate } from '../core/gate.js'
import { turns } from '../core/turns.js'
import { held, isFree, type LockLike, lockLikes } from './support/lock-likes.js'

const sleepLong = () => sleep(100_000)

/** How the body of `with` may end. */
const endings: Record<string, (lock: LockLike) => Promise<unknown>> = {
  'returns a value': async lock => assert.equal(await run(lock.with(() => 'value')), 'value'),
  'is an async function': async lock => assert.equal(await run(lock.with(async () => 'value')), 'value'),
  'is a coroutine': async lock =>
    assert.equal(
      await run(
        lock.with(
          co(function* () {
            yield* checkpoint()
            return 'value'
          })(),
        ),
      ),
      'value',
    ),
  throws: async lock => {
    const error = new Error('body')
    await fails(run(lock.with(() => raise(error))), error)
  },
  'is no body': async lock => {
    await fails(run(lock.with('no body' as never)), { name: 'UsageError' })
  },
  'is cancelled': async lock => {
    const task = run(lock.with(sleepLong))
    await turns()
    task.cancel()
    assert.equal((await task.settled()).status, 'cancelled')
  },
  'is cancelled when it has just got it': async lock => {
    let wentOn = false
    const body = co(function* () {
      yield* checkpoint()
      wentOn = true
    })
    await run(function* () {
      yield* lock.acquire()
      const task = spawn(() => lock.with(body))
      yield* checkpoint()
      yield* checkpoint()
      lock.release()
      task.cancel()
      assert.equal((yield* task.settled()).status, 'cancelled')
    })
    assert.equal(wentOn, false)
  },
  'is cancelled while it waits': async lock => {
    const letGo = await held(lock)
    const task = run(lock.with(() => raise(new Error('never started'))))
    await turns()
    task.cancel()
    assert.equal((await task.settled()).status, 'cancelled')
    await letGo()
  },
  'times out': async lock => {
    await fails(
      run(() => timeout(1, lock.with(sleepLong))),
      { name: 'TimeoutError' },
    )
  },
}

for (const [what, make] of Object.entries(lockLikes)) {
  test(`${what}: no two hold it at once, and each gets it in the order in which it came (R39)`, async () => {
    const lock = make()
    const order: number[] = []
    let holders = 0
    await run(function* () {
      for (let i = 0; i < 30; i++) {
        spawn(() =>
          lock.with(function* () {
            order.push(i)
            assert.equal(++holders, 1)
            for (let n = i % 4; n > 0; n--) yield* checkpoint()
            holders--
          }),
        )
      }
    })
    assert.deepEqual(
      order,
      Array.from({ length: 30 }, (_, i) => i),
    )
    assert.ok(await isFree(lock))
  })

  test(`${what}: what is released belongs to the longest waiter; a newcomer cannot steal it (R39)`, async () => {
    const lock = make()
    const served: string[] = []
    await run(function* () {
      yield* lock.acquire()
      spawn(function* () {
        yield* lock.acquire()
        served.push('waiter')
        lock.release()
      })
      yield* checkpoint()
      yield* checkpoint()
      lock.release()
      assert.equal(lock.tryAcquire(), false, 'it belongs to the waiter already')
      yield* lock.acquire()
      served.push('newcomer')
      lock.release()
    })
    assert.deepEqual(served, ['waiter', 'newcomer'])
    assert.ok(await isFree(lock))
  })

  test(`${what}: tryAcquire takes it where it is free, and only there`, async () => {
    const lock = make()
    const letGo = await held(lock)
    assert.equal(await run(() => lock.tryAcquire()), false)
    await letGo()
    await run(() => {
      assert.equal(lock.tryAcquire(), true)
      lock.release()
    })
    assert.ok(await isFree(lock))
  })

  test(`${what}: to release it where nobody holds it is a UsageError that says what to write`, async () => {
    const lock = make()
    await run(() => {
      assert.throws(() => lock.release(), UsageError)
      lock.tryAcquire()
      lock.release()
      assert.throws(() => lock.release(), /release .*once for each acquire/)
    })
    assert.ok(await isFree(lock))
  })

  atDepths(`${what}: a cancelled waiter leaves the line, wherever it stands in it (R20)`, async deep => {
    for (const gone of [0, 1, 2]) {
      const lock = make()
      const letGo = await held(lock)
      const served: number[] = []
      const tasks = [0, 1, 2].map(i =>
        run(() =>
          deep(function* () {
            yield* lock.acquire()
            served.push(i)
            lock.release()
          }),
        ),
      )
      await turns()
      assert.equal(lock.statistics().waiting, 3)
      tasks[gone]!.cancel()
      assert.equal(lock.statistics().waiting, 2)
      await letGo()
      for (const task of tasks) await task.settled()
      assert.deepEqual(
        served,
        [0, 1, 2].filter(i => i !== gone),
      )
      assert.ok(await isFree(lock))
    }
  })

  test(`${what}: one that has got it when its cancel arrives goes on to its next checkpoint with it (R20)`, async () => {
    const lock = make()
    const log: string[] = []
    await run(function* () {
      yield* lock.acquire()
      const waiter = spawn(
        function* () {
          yield* lock.acquire()
          try {
            log.push('got it')
            yield* checkpoint()
            log.push('went on')
          } finally {
            lock.release()
          }
        },
        { name: 'waiter' },
      )
      yield* checkpoint()
      yield* checkpoint()
      lock.release()
      waiter.cancel()
      yield* waiter.settled()
    })
    assert.deepEqual(log, ['got it'])
    assert.ok(await isFree(lock))
  })

  test(`${what}: one that times out while it waits eats nothing (R20)`, async () => {
    const lock = make()
    const letGo = await held(lock)
    await run(() => moveOnAfter(1, lock.acquire()))
    await letGo()
    assert.ok(await isFree(lock))
  })

  test(`${what}: as a contestant that loses it takes nothing, and as one that wins it holds (R36)`, async () => {
    for (const contest of [
      (a: LockLike, b: LockLike) => race([a.acquire(), b.acquire()]),
      (a: LockLike, b: LockLike) => select({ a: a.acquire(), b: b.acquire() }),
    ]) {
      const [one, two] = [make(), make()]
      await run(function* () {
        yield* contest(one, two)
        one.release()
      })
      assert.ok((await isFree(one)) && (await isFree(two)))
      const letGo = [await held(one), await held(two)]
      const task = run(function* () {
        yield* contest(one, two)
        two.release()
      })
      await turns()
      for (const last of letGo.reverse()) await last()
      await task
      assert.ok((await isFree(one)) && (await isFree(two)))
    }
  })

  test(`${what}: a shielded acquire is not cut by a cancellation (R22)`, async () => {
    const lock = make()
    const letGo = await held(lock)
    let has = false
    const task = run(function* () {
      try {
        yield* shield(function* () {
          yield* lock.acquire()
          has = true
        })
        yield* checkpoint()
      } finally {
        if (has) lock.release()
      }
    })
    await turns()
    task.cancel()
    await turns()
    assert.equal(task.state, 'waiting')
    await letGo()
    assert.equal((await task.settled()).status, 'cancelled')
    assert.equal(has, true)
    assert.ok(await isFree(lock))
  })

  for (const [how, end] of Object.entries(endings)) {
    test(`${what}: it is given back where the body of with ${how}`, async () => {
      const lock = make()
      await end(lock)
      assert.ok(await isFree(lock))
    })
  }

  test(`${what}: it is held until the cleanup of a cancelled body has finished`, async () => {
    const lock = make()
    const cleaned = gate()
    const log: string[] = []
    const holder = run(
      lock.with(function* () {
        try {
          yield* forever()
        } finally {
          yield* cleaned.wait()
          log.push('cleaned up')
        }
      }),
    )
    await turns()
    const next = run(lock.with(() => void log.push('next')))
    await turns()
    holder.cancel()
    await turns()
    assert.deepEqual(log, [])
    cleaned.open()
    await next
    assert.deepEqual(log, ['cleaned up', 'next'])
  })

  test(`${what}: an error of the body and one of the release arrive together (R14)`, async () => {
    const lock = make()
    const error = new Error('body')
    const body: Body<never> = () => {
      lock.release()
      throw error
    }
    const exit = await run(lock.with(body)).settled()
    assert.ok(exit.status === 'failed' && exit.error instanceof ScopeError)
    assert.equal(exit.error.cause, error)
    assert.ok(exit.error.errors[1] instanceof UsageError)
  })

  test(`${what}: with belongs in a coroutine, and is used once (R4)`, async () => {
    const lock = make()
    const once = lock.with(() => 1)
    assert.equal(await run(once), 1)
    assert.throws(() => run(once), UsageError)
    assert.equal(await lock.with(() => 2), 2)
  })

  test(`${what}: free acquires without end do not hold up a timer (R6)`, async () => {
    const lock = make()
    let isLeft = false
    const busy = run(function* () {
      while (!isLeft) {
        yield* lock.acquire()
        lock.release()
      }
    })
    await new Promise(resolve => setTimeout(resolve, 2))
    isLeft = true
    await busy
  })
}
