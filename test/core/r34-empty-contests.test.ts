import assert from 'node:assert/strict'
import { test } from 'node:test'
import { all, allSettled, any, checkpoint, race, run, ScopeError, UsageError } from 'omakase'
import { atDepths } from './depths.js'
import { raise } from './fails.js'

test('R34: all of nothing is an empty list, or an empty record', async () => {
  assert.deepEqual(await run(() => all([])), [])
  assert.deepEqual(await run(() => all(new Set<never>())), [])
  assert.deepEqual(await run(() => all({})), {})
  assert.deepEqual(await run(() => all([], { concurrency: 3 })), [])
  assert.deepEqual(await run(() => allSettled([])), [])
})

for (const [name, contest] of Object.entries({ race, any })) {
  atDepths(`R34: ${name} of nothing is a UsageError that names it and can be caught`, async deep => {
    for (const nothing of [[], new Set<never>()]) {
      const caught = await run(() =>
        deep(function* () {
          try {
            return yield* contest(nothing)
          } catch (error) {
            yield* checkpoint()
            return error
          }
        }),
      )
      assert.ok((caught as unknown) instanceof UsageError)
      assert.match(String(caught), new RegExp(name))
    }
  })
}

atDepths('R34: any without a success throws a ScopeError with every error', async deep => {
  const errors = [new Error('at once'), 'a string', undefined, new Error('later')]
  const exit = await run(() =>
    any([
      () => raise(errors[0]),
      async () => raise(errors[1]),
      () =>
        deep(function* () {
          yield* checkpoint()
          raise(errors[2])
        }),
      () =>
        deep(function* () {
          for (let i = 0; i < 5; i++) yield* checkpoint()
          raise(errors[3])
        }),
    ]),
  ).settled()
  assert.ok(exit.status === 'failed')
  assert.ok(exit.error instanceof ScopeError)
  assert.equal(exit.error.errors.length, 4)
  for (const error of errors) assert.ok(exit.error.errors.includes(error), String(error))
})

test('R34: so it does where there was only one contestant', async () => {
  const error = new Error('only')
  const exit = await run(() => any([() => raise(error)])).settled()
  assert.ok(exit.status === 'failed')
  assert.ok(exit.error instanceof ScopeError)
  assert.deepEqual(exit.error.errors, [error])
})
