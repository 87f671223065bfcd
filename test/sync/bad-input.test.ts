import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Barrier, Condition, channel, Deque, Limiter, Lock, on, run, Semaphore } from 'omakase'

const never = [-1, -Infinity, 1.5, Number.NaN, '2', {}, -(2 ** 60), 2n] as number[]

/** What takes a number, and which numbers it does not take beyond those that nothing takes. */
const takers: Record<string, { take: (n: number) => unknown; not?: number[] }> = {
  'the capacity of a channel': { take: n => channel(n) },
  'the capacity of on': { take: capacity => on(new EventTarget(), 'tick', { capacity }), not: [0] },
  'the permits of a semaphore': { take: n => new Semaphore(n), not: [0] },
  'the limit of a limiter': { take: n => new Limiter(n), not: [0] },
  'a new limit of a limiter': {
    take: n => {
      new Limiter(1).limit = n
    },
    not: [0],
  },
  'the parties of a barrier': { take: n => new Barrier(n), not: [0, Infinity] },
  'the maxlen of a deque': { take: n => new Deque([], n), not: [0] },
}

for (const [what, { take, not = [] }] of Object.entries(takers)) {
  test(`${what}: what is no such number is a UsageError that names it and says what to give`, () => {
    for (const n of [...never, ...not]) {
      assert.throws(() => take(n), {
        name: 'UsageError',
        message: /got .+; give a whole number of [01] or more/,
      })
    }
  })

  test(`${what}: any other will do, however large`, () => {
    for (const n of [0, 1, 2 ** 53, 1e300, Number.MAX_VALUE, Infinity]) if (!not.includes(n)) take(n)
  })
}

test('the count of notify: the same', async () => {
  const condition = new Condition()
  await run(
    condition.lock.with(() => {
      for (const n of [...never, 0])
        assert.throws(() => condition.notify(n), { name: 'UsageError', message: /notify got/ })
      for (const n of [1, 1e300, Infinity]) condition.notify(n)
    }),
  )
})

test('what is no lock is none for a condition', () => {
  for (const wrong of [null, 1, {}, new Semaphore(1), Lock])
    assert.throws(() => new Condition(wrong as never), { name: 'UsageError', message: /give it a Lock/ })
})

test('the steps of rotate: any whole number', () => {
  const deque = new Deque([1, 2, 3])
  for (const n of [1.5, Number.NaN, Infinity, -Infinity, '1' as never])
    assert.throws(() => deque.rotate(n), {
      name: 'UsageError',
      message: /rotate got .*; give a whole number/,
    })
  deque.rotate(3e15)
  deque.rotate(-3e15)
  assert.deepEqual([...deque], [1, 2, 3])
})
