import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  all,
  type Co,
  checkpoint,
  co,
  forever,
  type Instruction,
  race,
  run,
  scope,
  spawn,
  timeout,
} from 'omakase'
import { thrownBy } from './thrown.js'
import { turns } from './turns.js'

const DEEP = 100_000

type Gen<T> = Generator<Instruction, T, any>

const plain = co(function* (n: number): Gen<number> {
  return n === 0 ? 0 : 1 + (yield* plain(n - 1))
})

const inner = co(function* walk(n: number): Gen<number> {
  return n === 0 ? 0 : 1 + (yield* walk(n - 1))
})

const suspending = co(function* walk(n: number): Gen<number> {
  yield* checkpoint()
  return n === 0 ? 0 : 1 + (yield* walk(n - 1))
})

const atTheBottom = co(function* (n: number, bottom: () => Co<number>): Gen<number> {
  return n === 0 ? yield* bottom() : 1 + (yield* atTheBottom(n - 1, bottom))
})

const even = co(function* (n: number): Gen<boolean> {
  return n === 0 ? true : yield* odd(n - 1)
})
const odd = co(function* (n: number): Gen<boolean> {
  if (n % 1000 === 1) yield* checkpoint()
  return n === 0 ? false : yield* even(n - 1)
})

test('R5: recursion 100,000 deep does not overflow, by the outer name, by the inner name, and suspending', async () => {
  assert.equal(await plain(DEEP), DEEP)
  assert.equal(await inner(DEEP), DEEP)
  assert.equal(await suspending(DEEP), DEEP)
  assert.equal(await even(DEEP), true)
})

test('R5: it works from where a coroutine has recursed before, again and again', async () => {
  assert.equal(
    await run(function* () {
      let sum = 0
      for (let i = 0; i < 3; i++) {
        sum += yield* plain(DEEP)
        sum += yield* inner(1000)
      }
      return sum
    }),
    3 * (DEEP + 1000),
  )
})

test('R5: at the bottom a hundred thousand resumes and calls are possible', async () => {
  const leaf = co(function* () {
    return 1
  })
  const bottom = co(function* () {
    let sum = 0
    for (let i = 0; i < DEEP; i++) {
      yield* checkpoint()
      sum += yield* leaf()
    }
    return sum
  })
  assert.equal(await atTheBottom(DEEP, bottom), 2 * DEEP)
})

test('R5: an error comes up through 100,000 frames, the same object', async () => {
  const error = new Error('from the bottom')
  let seen = 0
  const fails = co(function* walk(n: number, suspend: boolean): Gen<void> {
    try {
      if (n > 0) return yield* walk(n - 1, suspend)
      if (suspend) yield* checkpoint()
      throw error
    } finally {
      seen++
    }
  })
  assert.equal(await thrownBy(fails(DEEP, false)), error)
  assert.equal(await thrownBy(fails(DEEP, true)), error)
  assert.equal(seen, 2 * (DEEP + 1))
})

test('R5: a cancellation unwinds 100,000 frames, the innermost first', async () => {
  const order: number[] = []
  const waits = co(function* walk(n: number): Gen<void> {
    try {
      if (n > 0) yield* walk(n - 1)
      else yield* forever()
    } finally {
      if (n % 10 === 0) yield* checkpoint()
      order.push(n)
    }
  })
  const task = run(waits(DEEP))
  await turns()
  task.cancel()
  assert.equal((await task.settled()).status, 'cancelled')
  assert.equal(order.length, DEEP + 1)
  assert.ok(order.every((n, i) => n === i))
})

test('R5: what the inner name gives is taken wherever a coroutine is', async () => {
  const walk = co(function* walk(n: number): Gen<unknown> {
    if (n === 0) {
      yield* checkpoint()
      return 'bottom'
    }
    return [
      yield* all([walk(n - 1), walk(n - 1)]),
      yield* race([walk(n - 1)]),
      yield* spawn(walk(n - 1)),
      yield* scope(walk(n - 1)),
      yield* timeout(1000, walk(n - 1)),
      yield* run(walk(n - 1)),
      yield* run(() => walk(n - 1)),
      yield* all({ one: walk(n - 1) }),
      yield* walk(n - 1),
    ]
  })
  const b = 'bottom'
  assert.deepEqual(await walk(1), [[b, b], b, b, b, b, b, b, { one: b }, b])
})

test('R5: what the inner name gives can be awaited', async () => {
  const walk = co(function* walk(n: number): Gen<unknown> {
    if (n === 0) return 'bottom'
    return yield* run(async () => await (walk(n - 1) as unknown as Co<unknown>))
  })
  assert.equal(await walk(2), 'bottom')
})

test('R5: what the inner name gives has a frame of its own: its cleanup is finished before the callers is asked', async () => {
  const log: string[] = []
  const waits = co(function* walk(n: number): Gen<void> {
    try {
      if (n > 0) yield* walk(n - 1)
      else yield* forever()
      log.push('never')
    } catch {
      log.push('never')
    } finally {
      log.push(`begin ${n}`)
      yield* checkpoint()
      yield* checkpoint()
      log.push(`end ${n}`)
    }
    log.push('never')
  })
  const task = run(waits(2))
  await turns()
  task.cancel()
  await task.settled()
  assert.deepEqual(log, ['begin 0', 'end 0', 'begin 1', 'end 1', 'begin 2', 'end 2'])
})

test('R5: what the inner name gave is good for one use', async () => {
  const walk = co(function* walk(n: number): Gen<unknown> {
    if (n === 0) return 'bottom'
    const below = walk(n - 1)
    yield* below
    try {
      yield* below
    } catch (error) {
      return (error as Error).name
    }
    return 'accepted'
  })
  assert.equal(await walk(1), 'UsageError')
})

test('R5: a coroutine that is a property recurses like any other', async () => {
  class Tree {
    sum = co(function* (this: Tree, n: number): Gen<number> {
      return n === 0 ? 0 : n + (yield* this.sum(n - 1))
    })
  }
  assert.equal(await new Tree().sum(1000), 500_500)
})
