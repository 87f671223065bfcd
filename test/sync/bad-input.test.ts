import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Condition, Deque, Lock, run, Semaphore } from 'omakase'

const never = [-1, -Infinity, 1.5, Number.NaN, '2', {}, -(2 ** 60), 2n] as number[]

test('the count of notify: a whole number of 1 or more', async () => {
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
