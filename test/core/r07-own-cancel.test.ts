import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  CancelledError,
  checkpoint,
  defer,
  forever,
  moveOnAfter,
  now,
  run,
  scope,
  sleep,
  spawn,
  suspend,
  timeout,
} from 'omakase'
import { atDepths } from './depths.js'
import { fails } from './fails.js'
import { gate } from './gate.js'
import { block, turns } from './turns.js'

atDepths('R7: the own cancel of a scope does not count where nothing was unwound', async deep => {
  assert.equal(
    await run(() =>
      scope(home =>
        deep(function* () {
          home.cancel()
          return 'value'
        }),
      ),
    ),
    'value',
  )
})

test('R7: nor does it where the children end without a checkpoint', async () => {
  const log: string[] = []
  assert.equal(
    await run(() =>
      scope(function* (home) {
        spawn(function* () {
          log.push('child')
        })
        spawn(async () => {
          log.push('async child')
        })
        home.cancel()
        return 'value'
      }),
    ),
    'value',
  )
  assert.deepEqual(log, ['child', 'async child'])
})

test('R7: it counts where a child was unwound, though the body had ended', async () => {
  const log: string[] = []
  await fails(
    run(() =>
      scope(function* (home) {
        spawn(function* () {
          try {
            yield* forever()
          } finally {
            log.push('child')
          }
        })
        yield* checkpoint()
        home.cancel('enough')
        return 'value'
      }),
    ),
    { name: 'CancelledError', reason: 'enough' },
  )
  assert.deepEqual(log, ['child'])
})

test('R7: it counts where a grandchild was unwound', async () => {
  await fails(
    run(() =>
      scope(function* (home) {
        spawn(function* () {
          spawn(forever)
        })
        yield* checkpoint()
        yield* checkpoint()
        home.cancel('enough')
      }),
    ),
    { name: 'CancelledError' },
  )
})

test('R7: it does not count where the body had ended and only a deferred function was running', async () => {
  const open = gate()
  const cleanup = gate()
  let cancel!: () => void
  const task = run(() =>
    scope(function* (home) {
      cancel = () => home.cancel()
      defer(() => open.wait())
      defer(() => cleanup.open())
      return 'value'
    }),
  )
  await run(() => cleanup.wait())
  await turns()
  cancel()
  await turns()
  assert.equal(task.state, 'waiting')
  open.open()
  assert.equal(await task, 'value')
})

test('R7: it does not count where what it met could not be aborted, and was the last wait', async () => {
  let go!: (value: string) => void
  let cancel!: () => void
  const task = run(() =>
    scope(function* (home) {
      cancel = () => home.cancel()
      return yield* suspend<string>(resume => {
        go = resume
      })
    }),
  )
  await turns()
  cancel()
  await turns()
  go('value')
  assert.equal(await task, 'value')
})

atDepths('R7: it counts where the body was unwound, whatever its finally returns', async deep => {
  const caught = await run(function* () {
    try {
      return yield* scope(home =>
        deep(function* () {
          try {
            home.cancel('enough')
            yield* checkpoint()
          } finally {
            // biome-ignore lint/correctness/noUnsafeFinally: that is what is tested
            return 'from finally'
          }
        }),
      )
    } catch (error) {
      return error
    }
  })
  assert.ok(caught instanceof CancelledError)
  assert.equal(caught.reason, 'enough')
})

atDepths('R7: a deadline that passes while the body does not look changes nothing', async deep => {
  assert.equal(
    await run(() =>
      timeout(1, () =>
        deep(function* () {
          block(5)
          return 'value'
        }),
      ),
    ),
    'value',
  )
  assert.equal(
    await run(() =>
      scope(
        home =>
          deep(function* () {
            home.deadline = now() - 1000
            return 'value'
          }),
        { timeout: 1000 },
      ),
    ),
    'value',
  )
})

test('R7: a deadline that unwinds a child counts, though the body had ended', async () => {
  await fails(
    run(() =>
      timeout(2, function* () {
        spawn(() => sleep(1000))
        return 'value'
      }),
    ),
    { name: 'TimeoutError' },
  )
  assert.equal(
    await run(() =>
      moveOnAfter(2, function* () {
        spawn(() => sleep(1000))
        return 'value'
      }),
    ),
    undefined,
  )
})

test('R7: a deadline that passes during deferred functions changes nothing', async () => {
  assert.equal(
    await run(() =>
      timeout(2, function* () {
        defer(() => sleep(6))
        return 'value'
      }),
    ),
    'value',
  )
})

test('R7: the own deadline of an empty scope is not seen where it is left', async () => {
  assert.equal(await run(() => timeout(0, () => 'value')), 'value')
  assert.equal(
    await run(() =>
      moveOnAfter(0, function* () {
        return 'value'
      }),
    ),
    'value',
  )
})

test('R7: the task itself: a cancel that unwound nothing does not count, one that unwound a child does', async () => {
  const ok = run(function* () {
    spawn(function* () {})
    return 'value'
  })
  ok.cancel()
  assert.deepEqual(await ok.settled(), { status: 'ok', value: 'value' })
  const log: string[] = []
  const cut = run(function* () {
    spawn(function* () {
      yield* checkpoint()
      log.push('never')
    })
    return 'value'
  })
  cut.cancel()
  assert.equal((await cut.settled()).status, 'cancelled')
  assert.deepEqual(log, [])
})

test('R7: it does not count where a child with an async body fulfils all the same', async () => {
  let fulfil!: () => void
  let cancel!: () => void
  const signals: AbortSignal[] = []
  const task = run(() =>
    scope(function* (home) {
      cancel = () => home.cancel()
      spawn(async signal => {
        signals.push(signal)
        await new Promise<void>(resolve => {
          fulfil = resolve
        })
      })
      return 'value'
    }),
  )
  await turns()
  cancel()
  await turns()
  assert.equal(signals[0]?.aborted, true)
  fulfil()
  assert.equal(await task, 'value')
})
