import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkpoint, run, ScopeError, spawn, start } from 'omakase'
import { raise } from './fails.js'

test('R13: a failure before ready is not lost where a sibling fails in the same turn', async () => {
  const [sibling, before] = [new Error('sibling'), new Error('before ready')]
  const exit = await run(function* () {
    spawn(function* () {
      yield* checkpoint()
      raise(sibling)
    })
    yield* start(() => raise(before))
  }).settled()
  assert.ok(exit.status === 'failed')
  assert.ok(exit.error instanceof ScopeError, String(exit.error))
  assert.deepEqual(new Set(exit.error.errors), new Set([sibling, before]))
})
