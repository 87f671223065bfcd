import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Deque } from 'omakase'
import { Random } from '../core/random-trees/random.js'

test('a deque does at both ends what an array does, also past every size of its ring', () => {
  const random = new Random(1)
  const deque = new Deque<number>()
  const array: number[] = []
  for (let step = 0; step < 20_000; step++) {
    const growing = Math.floor(step / 500) % 2 === 0
    switch (
      random.weighted({ push: growing ? 4 : 1, unshift: growing ? 4 : 1, pop: 2, shift: 2, rotate: 0.2 })
    ) {
      case 'push':
        assert.equal(deque.push(step), array.push(step))
        break
      case 'unshift':
        assert.equal(deque.unshift(step), array.unshift(step))
        break
      case 'pop':
        assert.equal(deque.pop(), array.pop())
        break
      case 'shift':
        assert.equal(deque.shift(), array.shift())
        break
      default: {
        const steps = random.below(40) - 20
        deque.rotate(steps)
        for (let i = 0; i < Math.abs(steps) && array.length > 0; i++)
          if (steps > 0) array.unshift(array.pop()!)
          else array.push(array.shift()!)
      }
    }
    const at = random.below(array.length + 4) - 2
    assert.equal(deque.at(at), array.at(at))
    assert.equal(deque.length, array.length)
  }
  assert.deepEqual([...deque], array)
})

test('a deque with a bound drops from the other end', () => {
  const deque = new Deque([1, 2, 3, 4, 5], 3)
  assert.deepEqual([...deque], [3, 4, 5])
  assert.equal(deque.push(6), 3)
  assert.deepEqual([...deque], [4, 5, 6])
  assert.equal(deque.unshift(0), 3)
  assert.deepEqual([...deque], [0, 4, 5])
  deque.rotate()
  assert.deepEqual([...deque], [5, 0, 4])
  assert.deepEqual(deque.statistics(), { length: 3, maxlen: 3 })
})

test('a deque with a bound far above its ring grows up to it', () => {
  const deque = new Deque<number>([], 1000)
  for (let i = 0; i < 5000; i++) deque.push(i)
  assert.equal(deque.length, 1000)
  assert.equal(deque.at(0), 4000)
  assert.equal(deque.at(-1), 4999)
})

test('an empty deque gives undefined, and may be rotated', () => {
  const deque = new Deque<number>()
  assert.equal(deque.pop(), undefined)
  assert.equal(deque.shift(), undefined)
  assert.equal(deque.at(0), undefined)
  deque.rotate(7)
  assert.deepEqual([...deque], [])
  assert.deepEqual(deque.statistics(), { length: 0, maxlen: Infinity })
})

test('a place is taken as Array.at takes it', () => {
  const deque = new Deque('abc')
  const array = [...'abc']
  for (const index of [0, 2, 3, -1, -3, -4, 1.7, -1.7, Number.NaN, Infinity, -Infinity])
    assert.equal(deque.at(index), array.at(index))
})

test('undefined is an item like any other', () => {
  const deque = new Deque<number | undefined>([undefined, 1])
  assert.equal(deque.length, 2)
  assert.equal(deque.shift(), undefined)
  assert.equal(deque.length, 1)
})

test('an item that was taken is not kept alive by the ring', () => {
  const deque = new Deque<object>()
  for (let i = 0; i < 3; i++) deque.push({})
  deque.pop()
  deque.shift()
  const ring = (deque as unknown as { ring: unknown[] }).ring
  assert.equal(ring.filter(Boolean).length, 1)
})
