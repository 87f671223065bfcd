import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkpoint, defer, run, scope, sleep, spawn } from 'omakase'
import { atDepths } from './depths.js'
import { withKinds } from './kinds.js'

withKinds('R7: a scope returns the value of its body', async make => {
  const value = { some: 'value' }
  assert.equal(await run(() => scope(make(() => value))), value)
  assert.equal(await scope(make(() => value)), value)
})

atDepths(
  'R7: it returns after the body, the children and the deferred functions have all ended',
  async deep => {
    const log: string[] = []
    await run(function* () {
      const value = yield* scope(() =>
        deep(function* () {
          defer(function* () {
            yield* sleep(1)
            log.push('deferred first')
          })
          defer(async () => {
            await new Promise(resolve => setTimeout(resolve, 1))
            log.push('deferred last')
          })
          spawn(function* () {
            yield* sleep(2)
            log.push('child')
            spawn(function* () {
              yield* sleep(2)
              log.push('grandchild')
            })
          })
          log.push('body')
          return 'value'
        }),
      )
      log.push(value)
    })
    assert.deepEqual(log, ['body', 'child', 'grandchild', 'deferred last', 'deferred first', 'value'])
  },
)

test('R7: nested scopes end from the inside out', async () => {
  const log: string[] = []
  await run(function* () {
    yield* scope(function* (outer) {
      yield* scope(function* () {
        outer.spawn(function* () {
          yield* sleep(3)
          log.push('child of the outer')
        })
        spawn(function* () {
          yield* checkpoint()
          log.push('child of the inner')
        })
      })
      log.push('inner')
    })
    log.push('outer')
  })
  assert.deepEqual(log, ['child of the inner', 'inner', 'child of the outer', 'outer'])
})

test('R7: what the deferred functions start is waited for, too', async () => {
  const log: string[] = []
  await run(function* () {
    yield* scope(function* (home) {
      defer(() => {
        home.spawn(function* () {
          yield* sleep(2)
          log.push('late child')
        })
      })
    })
    log.push('scope')
  })
  assert.deepEqual(log, ['late child', 'scope'])
})

test('R7: a deferred function may defer another', async () => {
  const log: string[] = []
  await run(function* () {
    yield* scope(function* () {
      defer(() => log.push('first'))
      defer(function* () {
        yield* checkpoint()
        defer(() => log.push('deferred while deferring'))
        log.push('last')
      })
    })
    log.push('scope')
  })
  assert.deepEqual(log, ['last', 'deferred while deferring', 'first', 'scope'])
})

test('R7: deferred functions are told how the scope ended', async () => {
  const exits: unknown[] = []
  const error = new Error('thrown')
  await run(function* () {
    yield* scope(function* () {
      defer(exit => exits.push(exit))
      return 'value'
    })
    try {
      yield* scope(function* () {
        defer(exit => exits.push(exit))
        throw error
      })
    } catch {}
    try {
      yield* scope(function* (home) {
        defer(exit => {
          assert.ok(exit.status === 'cancelled')
          exits.push(exit.reason.reason)
        })
        home.cancel('enough')
        yield* checkpoint()
      })
    } catch {}
  })
  assert.deepEqual(exits, [{ status: 'ok', value: 'value' }, { status: 'failed', error }, 'enough'])
})
