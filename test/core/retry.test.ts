import assert from 'node:assert/strict'
import { test } from 'node:test'
import { co, defer, now, retry, run, ScopeError, UsageError } from 'omakase'
import { virtualClock } from 'omakase/testing'
import { fails } from './fails.js'

/** Fails so many times, then gives how often it was run. */
function failing(times: number): () => number {
  let runs = 0
  return () => {
    if (++runs <= times) throw new Error(`failure ${runs}`)
    return runs
  }
}

test('retry runs a body until it succeeds, and throws the last error where it does not', async () => {
  assert.equal(await run(() => retry(failing(2), { delay: 0 })), 3)
  await fails(
    run(() => retry(failing(3), { delay: 0 })),
    { message: 'failure 3' },
  )
  await fails(
    run(() => retry(failing(1), { attempts: 1 })),
    { message: 'failure 1' },
  )
})

test('the delay grows by the factor up to the longest', async () => {
  const at: number[] = []
  const task = run(
    () =>
      retry(
        () => {
          at.push(now())
          throw new Error('again')
        },
        { attempts: 6, delay: 10, factor: 3, maxDelay: 200, jitter: false },
      ),
    { clock: virtualClock() },
  )
  await task.settled()
  assert.deepEqual(at, [0, 10, 40, 130, 330, 530])
})

test('however often it has failed, the delay is a number', async () => {
  const clock = virtualClock()
  const options = { attempts: Infinity, factor: 1e300 }
  assert.equal(await run(() => retry(failing(1500), { ...options, delay: 0 }), { clock }), 1501)
  assert.equal(await run(() => retry(failing(1500), { ...options, delay: 1, maxDelay: 1 }), { clock }), 1501)
})

test('what an attempt has opened is closed before the next begins', async () => {
  const log: string[] = []
  let attempt = 0
  const body = co(function* () {
    const name = ++attempt
    log.push(`+${name}`)
    defer(() => {
      log.push(`-${name}`)
    })
    if (name < 3) throw new Error('again')
  })
  await run(() => retry(body, { delay: 0 }))
  assert.deepEqual(log, ['+1', '-1', '+2', '-2', '+3', '-3'])
})

test('`when` decides whether an error is worth another attempt', async () => {
  const seen: [string, number][] = []
  const when = (error: unknown, attempt: number) => {
    seen.push([(error as Error).message, attempt])
    return attempt < 2
  }
  await fails(
    run(() => retry(failing(5), { attempts: 5, delay: 0, when })),
    { message: 'failure 2' },
  )
  assert.deepEqual(seen, [
    ['failure 1', 1],
    ['failure 2', 2],
  ])
})

test('a `when` that throws, or is no function, does not hide the error', async () => {
  const hook = new Error('hook')
  const throws = () => {
    throw hook
  }
  for (const when of [throws, 5 as never]) {
    const exit = await run(() => retry(failing(1), { when })).settled()
    assert.ok(exit.status === 'failed' && exit.error instanceof ScopeError)
    const [first, second] = exit.error.errors
    assert.equal(first.message, 'failure 1')
    assert.ok(when === throws ? second === hook : second instanceof TypeError)
  }
})

test('a factor that makes delays shorter, or is no number, is refused', () => {
  for (const factor of [0, 0.9, -1, Number.NaN, '2' as never, {} as never])
    assert.throws(() => retry(() => {}, { factor }), {
      name: 'UsageError',
      message: /^retry: factor got .*; give a number of 1 or more$/,
    })
  assert.throws(() => retry(() => {}, { attempts: 0 }), UsageError)
})
