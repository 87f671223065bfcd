import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkpoint, co, run, scope, shield, spawn, timeout } from 'omakase'

test('decision 4: a call runs its first step in place, and goes on in place where it does not suspend', async () => {
  const log: string[] = []
  const helper = co(function* () {
    log.push('helper')
    return 'value'
  })
  await run(function* () {
    spawn(() => log.push('other task'))
    log.push('before')
    log.push(yield* helper())
    log.push('after')
    yield* checkpoint()
    log.push('end')
  })
  assert.deepEqual(log, ['before', 'helper', 'value', 'after', 'other task', 'end'])
})

test('decision 4: so does a call that suspends, up to there', async () => {
  const log: string[] = []
  const helper = co(function* () {
    log.push('first step')
    yield* checkpoint()
    log.push('second step')
  })
  await run(function* () {
    spawn(() => log.push('other task'))
    yield* helper()
    log.push('after')
  })
  assert.deepEqual(log, ['first step', 'other task', 'second step', 'after'])
})

test('decision 4: the bodies of scope, timeout and shield are stepped in place, too', async () => {
  const log: string[] = []
  await run(function* () {
    spawn(() => log.push('other task'))
    yield* shield(() => log.push('shield'))
    yield* scope(() => log.push('scope'))
    yield* timeout(1000, function* () {
      log.push('timeout')
    })
    log.push('after')
    yield* checkpoint()
  })
  assert.deepEqual(log, ['shield', 'scope', 'timeout', 'after', 'other task'])
})

for (const depth of [10, 300, 1000, 20_000]) {
  test(`decision 4: no other task runs in between, ${depth} calls deep`, async () => {
    const log: string[] = []
    const level = co(function* (n: number): Generator<any, number, any> {
      return n === 0 ? 0 : 1 + (yield* level(n - 1))
    })
    await run(function* () {
      spawn(() => log.push('other task'))
      log.push(`${yield* level(depth)}`)
      yield* checkpoint()
    })
    assert.deepEqual(log, [`${depth}`, 'other task'])
  })
}

test('decision 4: an error of the first step is thrown at the call, in place', async () => {
  const log: string[] = []
  const fails = co(function* () {
    throw new Error('in place')
  })
  await run(function* () {
    spawn(() => log.push('other task'))
    try {
      yield* fails()
    } catch (error) {
      log.push((error as Error).message)
    }
    yield* checkpoint()
  })
  assert.deepEqual(log, ['in place', 'other task'])
})
