import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as types from './types.js'

test('types of streams: the file of types compiles, and is not called', () => {
  assert.equal(typeof types.stages, 'function')
})
