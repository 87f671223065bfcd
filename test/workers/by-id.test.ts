import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { ById } from '#src/workers/by-id.js'

test('it holds what a Map holds, whatever comes and goes', () => {
  const ours = new ById<string>()
  const theirs = new Map<number, string>()
  let state = 7
  const random = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return state % below
  }
  let next = 2 ** 31 - 3000
  for (let round = 0; round < 400; round++) {
    // Others may have the ids in between.
    next += random(8) === 0 ? 700 : 0
    for (let n = random(40); n > 0; n--) {
      next += 1 + random(3)
      ours.set(next, `${next}`)
      theirs.set(next, `${next}`)
    }
    const ids = [...theirs.keys()]
    for (let n = random(60); n > 0; n--) {
      const id = ids[random(2) === 0 ? 0 : random(Math.max(1, ids.length))] ?? next + 1
      equal(ours.get(id), theirs.get(id))
      equal(ours.has(id), theirs.has(id))
      equal(ours.take(id), theirs.get(id))
      theirs.delete(id)
    }
    equal(ours.size, theirs.size)
    equal(ours.only, theirs.size === 1 ? [...theirs.keys()][0] : undefined)
    if (round % 20 === 0) deepEqual([...ours.entries()], [...theirs])
  }
})

test('what is set again replaces what was there', () => {
  const byId = new ById<string>()
  byId.set(5, 'a')
  byId.set(5, 'b')
  deepEqual([byId.size, byId.only, byId.take(5), byId.take(5), byId.size], [1, 5, 'b', undefined, 0])
})

test('after clear it is as new', () => {
  const byId = new ById<number>()
  for (let id = 0; id < 5000; id++) byId.set(id, id)
  byId.clear()
  deepEqual([byId.size, byId.only, byId.get(3), [...byId.keys()]], [0, undefined, undefined, []])
  byId.set(4097, 1)
  deepEqual([...byId.entries()], [[4097, 1]])
  deepEqual([...byId.values()], [1])
})
