import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Event, Limiter, run, Semaphore, spawn } from 'omakase'
import { turns } from '../core/turns.js'

test('R41: raising the limit wakes as many waiters as there is now room for, the longest first', async () => {
  const limiter = new Limiter(1)
  const served: number[] = []
  assert.equal(limiter.tryAcquire(), true)
  const tasks = [0, 1, 2, 3].map(i =>
    run(function* () {
      yield* limiter.acquire()
      served.push(i)
    }),
  )
  await turns()
  limiter.limit = 3
  await turns()
  assert.deepEqual(served, [0, 1])
  assert.equal(limiter.tryAcquire(), false)
  limiter.limit = Infinity
  await Promise.all(tasks)
  assert.deepEqual(served, [0, 1, 2, 3])
  assert.deepEqual(limiter.statistics(), { limit: Infinity, held: 5, waiting: 0 })
})

test('R41: lowering the limit takes nothing from holders, and nobody gets in before it is kept again', async () => {
  const limiter = new Limiter(3)
  for (let i = 0; i < 3; i++) limiter.tryAcquire()
  limiter.limit = 1
  assert.deepEqual(limiter.statistics(), { limit: 1, held: 3, waiting: 0 })
  let isServed = false
  const waiter = run(function* () {
    yield* limiter.acquire()
    isServed = true
  })
  await turns()
  for (const served of [false, false, true]) {
    limiter.release()
    await turns()
    assert.equal(isServed, served)
    assert.equal(limiter.tryAcquire(), false)
  }
  await waiter
  limiter.release()
  assert.throws(() => limiter.release(), { name: 'UsageError' })
})

test('R41: a limit that changes while the work goes on is never exceeded by those who come later', async () => {
  const limiter = new Limiter(4)
  let holding = 0
  let most = 0
  const isEnough = new Event()
  await run(function* () {
    for (let i = 0; i < 12; i++) {
      spawn(() =>
        limiter.with(function* () {
          most = Math.max(most, ++holding)
          yield* isEnough.wait()
          holding--
        }),
      )
    }
    spawn(async () => {
      await turns()
      assert.equal(most, 4)
      limiter.limit = 6
      await turns()
      assert.equal(most, 6)
      limiter.limit = 2
      most = 0
      isEnough.set()
    })
  })
  assert.equal(holding, 0)
  assert.deepEqual(limiter.statistics(), { limit: 2, held: 0, waiting: 0 })
})

test('R41: a limit that is no count changes nothing', () => {
  const limiter = new Limiter(2)
  for (const limit of [0, -1, 1.5, Number.NaN, -Infinity, '3' as never, undefined as never]) {
    assert.throws(() => {
      limiter.limit = limit
    }, /limiter\.limit got .*; give a whole number of 1 or more/)
  }
  assert.equal(limiter.limit, 2)
})

test('a semaphore counts its holders like a limiter', () => {
  const semaphore = new Semaphore(2)
  semaphore.tryAcquire()
  assert.deepEqual(semaphore.statistics(), { limit: 2, held: 1, waiting: 0 })
})
