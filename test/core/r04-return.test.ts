import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkpoint, co, run, scope, sleep, spawn, timeout } from 'omakase'
import { atDepths } from './depths.js'
import { thrownBy } from './thrown.js'

let started = 0
const helper = co(function* fetchUser() {
  started++
  return 1
})

const forgotten: Record<string, () => unknown> = {
  'an unstarted coroutine': helper,
  'an operation': () => sleep(1),
  'a scope': () => scope(() => {}),
  'a task': () => run(() => 1),
  'a child': () => spawn(() => 1),
  'a promise': () => Promise.resolve(1),
}

for (const [what, make] of Object.entries(forgotten)) {
  atDepths(`R4: a coroutine that returns ${what} is told to write return yield*`, async deep => {
    started = 0
    const error = await thrownBy(
      run(() =>
        deep(function* loadPage() {
          return make()
        }),
      ),
    )
    assert.equal(error.name, 'UsageError')
    assert.match(error.message, /return yield\*/)
    assert.match(error.message, /loadPage/)
    assert.equal(started, 0)
  })

  test(`R4: a generator body that returns ${what} is told so, wherever a body goes`, async () => {
    const body = function* loadPage() {
      return make()
    }
    const later = function* loadPage() {
      yield* checkpoint()
      return make()
    }
    for (const one of [body, later]) {
      const tasks = [
        run(one),
        run(() => scope(one)),
        run(() => timeout(1000, one)),
        run(function* () {
          yield* spawn(one)
        }),
      ]
      for (const task of tasks) {
        const error = await thrownBy(task)
        assert.equal(error.name, 'UsageError')
        assert.match(error.message, /return yield\*/)
        assert.match(error.message, /loadPage/)
      }
    }
  })
}

test('R4: the caller can catch it, and goes on', async () => {
  const log: string[] = []
  const forgets = co(function* loadPage() {
    return helper()
  })
  await run(function* () {
    try {
      yield* forgets()
    } catch (error) {
      log.push((error as Error).name)
    }
    yield* checkpoint()
    log.push('on')
  })
  assert.deepEqual(log, ['UsageError', 'on'])
})

test('R4: a returned promise is told of wait', async () => {
  const error = await thrownBy(
    run(function* () {
      return Promise.resolve()
    }),
  )
  assert.match(error.message, /wait\(/)
})

test('R4: a plain function may return a coroutine, an async function too: they run it', async () => {
  assert.equal(await run(() => helper()), 1)
  assert.equal(await run(async () => helper()), 1)
})
