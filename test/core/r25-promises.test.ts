import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import {
  all,
  type Body,
  type CancelledError,
  checkpoint,
  forever,
  moveOnAfter,
  run,
  scope,
  spawn,
  timeout,
  wait,
} from 'omakase'
import { atDepths } from './depths.js'
import { fails } from './fails.js'
import { turns } from './turns.js'

function deferred<T = unknown>() {
  let resolve!: (value: T) => void
  let reject!: (error: unknown) => void
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}

/** Unhandled rejections of the turns that `during` takes. */
async function unhandled(during: () => Promise<unknown>): Promise<unknown[]> {
  const seen: unknown[] = []
  const hear = (reason: unknown) => void seen.push(reason)
  process.on('unhandledRejection', hear)
  await during()
  await turns()
  process.off('unhandledRejection', hear)
  return seen
}

atDepths('R25: a bare promise is abandoned at once on cancel', async deep => {
  const log: string[] = []
  const task = run(() =>
    deep(function* () {
      try {
        yield* wait(new Promise(() => {}))
        log.push('went on')
      } catch {
        log.push('caught')
      } finally {
        log.push('finally')
      }
    }),
  )
  await turns()
  task.cancel()
  assert.equal((await task.settled()).status, 'cancelled')
  assert.deepEqual(log, ['finally'])
})

test('R25: the late rejection of an abandoned promise is not an unhandled one', async () => {
  const late = deferred()
  const seen = await unhandled(async () => {
    const task = run(() => wait(late.promise))
    await turns()
    task.cancel()
    await task.settled()
    late.reject(new Error('late'))
  })
  assert.deepEqual(seen, [])
})

test('R25: a promise that a cancellation keeps from being waited for may reject as well', async () => {
  const seen = await unhandled(async () => {
    const task = run(function* () {
      task.cancel()
      yield* wait(Promise.reject(new Error('never looked at')))
    })
    assert.equal((await task.settled()).status, 'cancelled')
  })
  assert.deepEqual(seen, [])
})

test('R25: wait gives the value of a promise, a thenable, or what the function returns; errors keep their identity', async () => {
  const error = { not: 'an Error' }
  const got = await run(function* () {
    const values: unknown[] = [
      yield* wait(Promise.resolve(1)),
      yield* wait({ then: (yes: any) => yes(2) } as PromiseLike<number>),
      yield* wait(async () => 3),
      yield* wait(() => 4),
    ]
    for (const failing of [
      () => wait(Promise.reject(error)),
      () => wait(() => Promise.reject(error)),
      () =>
        wait(() => {
          throw error
        }),
    ]) {
      try {
        yield* failing()
      } catch (thrown) {
        values.push(thrown === error)
      }
    }
    return values
  })
  assert.deepEqual(got, [1, 2, 3, 4, true, true, true])
})

atDepths('R25: wait(fn) has its signal aborted and is waited for', async deep => {
  const log: string[] = []
  const closing = deferred()
  const task = run(() =>
    deep(function* () {
      try {
        yield* wait(async signal => {
          await new Promise(resolve => signal.addEventListener('abort', resolve))
          log.push('aborted')
          await closing.promise
          log.push('closed')
          throw signal.reason
        })
      } catch {
        log.push('caught')
      } finally {
        log.push('finally')
      }
    }),
  )
  await turns()
  task.cancel()
  await turns()
  assert.deepEqual(log, ['aborted'])
  assert.equal(task.state, 'waiting')
  closing.resolve(undefined)
  assert.equal((await task.settled()).status, 'cancelled')
  assert.deepEqual(log, ['aborted', 'closed', 'finally'])
})

atDepths(
  'R25: wait(fn) that fulfils after the abort gives its value, then the cancel at the next checkpoint',
  async deep => {
    const log: unknown[] = []
    const late = deferred()
    const task = run(() =>
      deep(function* () {
        log.push(yield* wait(() => late.promise))
        log.push('same step')
        yield* checkpoint()
        log.push('after the checkpoint')
      }),
    )
    await turns()
    task.cancel()
    await turns()
    late.resolve('value')
    assert.equal((await task.settled()).status, 'cancelled')
    assert.deepEqual(log, ['value', 'same step'])
  },
)

test('R25: wait(fn) that fulfils after the abort, with no further checkpoint, makes the task ok', async () => {
  const late = deferred()
  const task = run(function* () {
    return yield* wait(() => late.promise)
  })
  await turns()
  task.cancel()
  await turns()
  late.resolve('value')
  assert.deepEqual(await task.settled(), { status: 'ok', value: 'value' })
})

const abortErrors: Record<string, (signal: AbortSignal) => unknown> = {
  'the reason of the signal': signal => signal.reason,
  'the AbortError of the platform': () => new DOMException('stopped', 'AbortError'),
  'an AbortError of a library': () => Object.assign(new Error('stopped'), { name: 'AbortError' }),
}

for (const [what, make] of Object.entries(abortErrors)) {
  test(`R25: wait(fn) that rejects with ${what} is the cancellation`, async () => {
    const log: string[] = []
    const task = run(function* () {
      try {
        yield* wait(
          signal => new Promise((_, reject) => signal.addEventListener('abort', () => reject(make(signal)))),
        )
        log.push('went on')
      } catch {
        log.push('caught')
      } finally {
        log.push('finally')
      }
    })
    await turns()
    task.cancel('why')
    const exit = await task.settled()
    assert.ok(exit.status === 'cancelled')
    assert.equal(exit.reason.reason, 'why')
    assert.deepEqual(log, ['finally'])
  })

  test(`R25: an async body that rejects with ${what} after the abort is cancelled`, async () => {
    const task = run(async signal => {
      await new Promise(resolve => signal.addEventListener('abort', resolve))
      throw make(signal)
    })
    await turns()
    task.cancel('why')
    const exit = await task.settled()
    assert.ok(exit.status === 'cancelled')
    assert.equal(exit.reason.reason, 'why')
  })
}

test('R25: functions of the platform that take a signal need nothing else', async () => {
  const task = run(function* () {
    yield* wait(signal => delay(100_000, undefined, { signal }))
  })
  const other = run(signal => delay(100_000, undefined, { signal }))
  await turns()
  task.cancel()
  other.cancel()
  assert.equal((await task.settled()).status, 'cancelled')
  assert.equal((await other.settled()).status, 'cancelled')
})

test('R25: a root task that was given the signal rejects with the cancellation, and not with an error', async () => {
  const inner = (signal: AbortSignal) => run(() => forever(), { signal })
  const bodies: Body<unknown>[] = [
    () => wait(inner),
    inner,
    async signal => await inner(signal),
    signal => run(async signal => await inner(signal), { signal }),
  ]
  for (const body of bodies) {
    const task = run(body)
    assert.equal(await run(() => moveOnAfter(1, body)), undefined)
    task.cancel('why')
    const exit = await task.settled()
    assert.ok(exit.status === 'cancelled')
    assert.equal(exit.reason.reason, 'why')
  }
})

test('R25: the cancellation of another root task is an error', async () => {
  const other = run(() => forever())
  const task = run(async signal => {
    await new Promise(resolve => signal.addEventListener('abort', resolve))
    other.cancel('for another reason')
    await other
  })
  await turns()
  task.cancel('why')
  const exit = await task.settled()
  assert.ok(exit.status === 'failed')
  assert.equal((exit.error as CancelledError).reason, 'for another reason')
})

test('R25: an AbortError without any cancellation is an error like any other', async () => {
  const error = new DOMException('stopped by somebody else', 'AbortError')
  await fails(
    run(() => wait(() => Promise.reject(error))),
    error,
  )
  await fails(
    run(async () => {
      throw error
    }),
    error,
  )
  await fails(
    run(() => wait(Promise.reject(error))),
    error,
  )
})

atDepths(
  'R25: any other rejection is an error, which can be caught; the cancel comes at the next checkpoint',
  async deep => {
    const error = new Error('close failed')
    const log: unknown[] = []
    const late = deferred()
    const task = run(() =>
      deep(function* () {
        try {
          yield* wait(() => late.promise)
        } catch (thrown) {
          log.push(thrown)
        }
        log.push('same step')
        yield* checkpoint()
        log.push('after the checkpoint')
      }),
    )
    await turns()
    task.cancel()
    await turns()
    late.reject(error)
    assert.equal((await task.settled()).status, 'cancelled')
    assert.deepEqual(log, [error, 'same step'])
  },
)

test('R25: any other rejection that nobody catches fails the task', async () => {
  const error = new Error('close failed')
  const late = deferred()
  const task = run(() => wait(() => late.promise))
  const other = run(async () => {
    await late.promise
  })
  await turns()
  task.cancel()
  other.cancel()
  await turns()
  late.reject(error)
  assert.deepEqual(await task.settled(), { status: 'failed', error })
  assert.deepEqual(await other.settled(), { status: 'failed', error })
})

test('R25: an async body has its signal aborted and is waited for; where it fulfils, the task is ok', async () => {
  const log: string[] = []
  const task = run(async signal => {
    await new Promise(resolve => signal.addEventListener('abort', resolve))
    await turns()
    log.push('finished')
    return 'value'
  })
  await turns()
  task.cancel()
  assert.deepEqual(await task.settled(), { status: 'ok', value: 'value' })
  assert.equal(await task, 'value')
  assert.deepEqual(log, ['finished'])
})

test('R25: a scope waits for async children that it cancels', async () => {
  const log: string[] = []
  const error = new Error('sibling')
  await fails(
    run(() =>
      scope(function* () {
        spawn(async signal => {
          await new Promise(resolve => signal.addEventListener('abort', resolve))
          await turns()
          log.push('async child done')
        })
        spawn(function* () {
          yield* checkpoint()
          throw error
        })
        yield* forever()
      }),
    ),
    error,
  )
  assert.deepEqual(log, ['async child done'])
})

test('R25: an async contestant, item, timeout and scope get a signal of their own', async () => {
  const aborted: string[] = []
  const body = (name: string) => (signal: AbortSignal) =>
    new Promise((_, reject) =>
      signal.addEventListener('abort', () => {
        aborted.push(name)
        reject(signal.reason)
      }),
    )
  await fails(
    run(() => timeout(2, body('timeout'))),
    { name: 'TimeoutError' },
  )
  const error = new Error('other item')
  await fails(
    run(() =>
      all([
        body('item'),
        async () => {
          throw error
        },
      ]),
    ),
    error,
  )
  await fails(
    run(() =>
      scope(async (inner, signal) => {
        setImmediate(() => inner.cancel('inner'))
        await body('scope')(signal)
      }),
    ),
    { name: 'CancelledError', reason: 'inner' },
  )
  assert.deepEqual(aborted, ['timeout', 'item', 'scope'])
})

test('R25: a timeout whose async body fulfils after the abort gives its value', async () => {
  const value = await run(() =>
    timeout(1, async signal => {
      await new Promise(resolve => signal.addEventListener('abort', resolve))
      return 'value'
    }),
  )
  assert.equal(value, 'value')
})

test('R25: wait(fn) in masked cleanup is not aborted', async () => {
  const log: unknown[] = []
  const task = run(function* () {
    try {
      yield* forever()
    } finally {
      yield* wait(async signal => {
        await turns()
        log.push(signal.aborted)
      })
    }
  })
  await turns()
  task.cancel()
  await turns(2)
  task.cancel()
  assert.equal((await task.settled()).status, 'cancelled')
  assert.deepEqual(log, [false])
})

test('R25 a function that is a promise as well is waited for, and not called', async () => {
  const called = Object.assign(() => assert.fail(), {
    then: (ok: (value: number) => void) => Promise.resolve(5).then(ok),
  })
  assert.equal(
    await run(function* () {
      return yield* wait(called as unknown as PromiseLike<number>)
    }),
    5,
  )
})
