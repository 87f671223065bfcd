import assert from 'node:assert/strict'
import { pbkdf2Sync } from 'node:crypto'
import { test } from 'node:test'

test('a key of 100,000 rounds is as long as it should be', () => {
  assert.equal(pbkdf2Sync('password', 'salt', 100_000, 32, 'sha256').length, 32)
})

test('a key of 200,000 rounds, too', () => {
  assert.equal(pbkdf2Sync('password', 'salt', 200_000, 32, 'sha256').length, 32)
})
