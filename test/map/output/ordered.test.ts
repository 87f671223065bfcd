import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Ordered } from '#src/map/output/ordered.js'

test('values come out in the order of their items, as soon as they can', () => {
  const out: string[] = []
  const ordered = new Ordered<string>(value => out.push(value))
  ordered.add(2, 'c')
  ordered.add(1, 'b')
  assert.deepEqual([out, ordered.due, ordered.held], [[], 0, 2])
  ordered.add(0, 'a')
  assert.deepEqual([out, ordered.due, ordered.held], [['a', 'b', 'c'], 3, 0])
  ordered.add(3, 'd')
  assert.deepEqual(out, ['a', 'b', 'c', 'd'])
})

test('a resumed run begins where the file ends', () => {
  const out: number[] = []
  const ordered = new Ordered<number>(value => out.push(value), 100)
  ordered.add(101, 101)
  ordered.add(100, 100)
  assert.deepEqual(out, [100, 101])
})

test('it is full at a number of items or at their size, until the item that is due has come', () => {
  const out: string[] = []
  const ordered = new Ordered<string>(value => out.push(value), 0, { items: 3, size: 100 })
  ordered.add(1, 'b', 10)
  ordered.add(2, 'c', 10)
  assert.equal(ordered.full, false)
  ordered.add(3, 'd', 10)
  assert.equal(ordered.full, true)
  ordered.add(0, 'a', 10)
  assert.deepEqual([ordered.full, out], [false, ['a', 'b', 'c', 'd']])
  ordered.add(5, 'f', 100)
  assert.equal(ordered.full, true)
  ordered.add(4, 'e', 100)
  assert.equal(ordered.full, false)
})
