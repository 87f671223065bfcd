import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Measured } from '#src/map/plan/measure.js'
import { Settling } from '#src/map/plan/settling.js'

const look = (activeMs: number, items = 50): Measured => ({
  items,
  wallMs: 50,
  activeMs,
  cpuMs: activeMs,
  queuedMs: 0,
  offLoop: 0,
})
/** The first of these looks that said so; -1 for none. */
const settledAt = (first: Measured, ...looks: number[]) => {
  const settling = new Settling(first)
  return looks.findIndex(ms => settling.saw(look(ms)))
}

test('a function that takes as much of its loop as before does so itself', () => {
  assert.equal(settledAt(look(2.1), 2), 0)
  assert.equal(settledAt(look(2), 2.4), 0)
})

test('while it is compiled it takes less and less, and that is not the function', () => {
  assert.equal(settledAt(look(12), 6, 2.5, 1.2, 0.6), -1)
  assert.equal(settledAt(look(12), 6, 4, 3.9), 2)
})

test('one look that saw more does not make the next one fall', () =>
  assert.equal(settledAt(look(6), 2.4, 1.8, 4.8, 2.3), 2))

test('what it takes to send and to receive is not asked about', () => {
  assert.equal(settledAt(look(0.2), 0.2, 0.2), -1)
  assert.equal(new Settling(look(0.2)).isOpen, false)
  assert.equal(new Settling(look(2)).isOpen, true)
  assert.equal(new Settling(look(0, 0)).isOpen, true)
})

test('where nothing has ended before there is nothing to compare with', () => {
  assert.equal(settledAt(look(0, 0), 2, 2), 1)
})
