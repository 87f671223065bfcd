import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Co, moveOnAfter, run, scope, shield, type Task, timeout } from 'omakase'
import { atDepths } from './depths.js'

type Around = <T>(body: () => Generator<any, T, any> | T) => Co<T | undefined>

const scopes: Record<string, Around> = {
  scope: body => scope(body),
  timeout: body => timeout(1000, body),
  moveOnAfter: body => moveOnAfter(1000, body),
}

for (const [name, around] of Object.entries(scopes)) {
  atDepths(`R7: an empty ${name} is still a checkpoint for a cancellation from outside`, async deep => {
    const log: string[] = []
    const self: Task<void> = run(function* () {
      yield* deep(function* () {
        self.cancel()
        log.push('before')
        yield* around(function* () {
          log.push('entering is no checkpoint')
        })
        log.push('never')
      })
      log.push('never')
    })
    assert.equal((await self.settled()).status, 'cancelled')
    assert.deepEqual(log, ['before', 'entering is no checkpoint'])
  })

  test(`R7: a cancellation that arrives inside an empty ${name} is delivered where it is left`, async () => {
    const log: string[] = []
    const self: Task<void> = run(function* () {
      try {
        yield* around(() => {
          self.cancel()
          log.push('inside')
        })
        log.push('never')
      } catch {
        log.push('never')
      } finally {
        log.push('finally')
      }
    })
    assert.equal((await self.settled()).status, 'cancelled')
    assert.deepEqual(log, ['inside', 'finally'])
  })
}

atDepths('R7: leaving an inner scope is a checkpoint for the cancel of an outer one', async deep => {
  const log: string[] = []
  await run(function* () {
    try {
      yield* scope(outer =>
        deep(function* () {
          outer.cancel()
          yield* scope(() => {
            log.push('inner')
          })
          log.push('never')
        }),
      )
      log.push('never')
    } catch (error) {
      log.push((error as Error).name)
    }
  })
  assert.deepEqual(log, ['inner', 'CancelledError'])
})

test('R7: leaving an empty scope in a shield is no checkpoint for what the shield holds off', async () => {
  const log: string[] = []
  const self: Task<void> = run(function* () {
    self.cancel()
    yield* shield(function* () {
      yield* scope(() => {})
      log.push('inside')
    })
    log.push('never')
  })
  assert.equal((await self.settled()).status, 'cancelled')
  assert.deepEqual(log, ['inside'])
})

test('R7: entering a shield is no checkpoint', async () => {
  const log: string[] = []
  const self: Task<void> = run(function* () {
    self.cancel()
    yield* shield(() => {
      log.push('inside')
    })
    log.push('never')
  })
  assert.equal((await self.settled()).status, 'cancelled')
  assert.deepEqual(log, ['inside'])
})

test('R7: entering ten scopes, one in the other, is no checkpoint', async () => {
  let entered = 0
  const self: Task<void> = run(function* () {
    self.cancel()
    const nest = (depth: number): Co<void> =>
      scope(function* () {
        entered++
        if (depth > 0) yield* nest(depth - 1)
        assert.ok(depth === 0, 'not reached')
      })
    yield* nest(9)
  })
  assert.equal((await self.settled()).status, 'cancelled')
  assert.equal(entered, 10)
})

test('R7: the value of a scope at whose end the cancellation is seen is lost with the frame that wanted it', async () => {
  const seen: unknown[] = []
  const self: Task<unknown> = run(function* () {
    self.cancel('reason')
    seen.push(yield* scope(() => 'value'))
    return 'never'
  })
  const exit = await self.settled()
  assert.ok(exit.status === 'cancelled')
  assert.equal(exit.reason.reason, 'reason')
  assert.deepEqual(seen, [])
})
