import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  all,
  checkpoint,
  co,
  defer,
  forEach,
  forever,
  race,
  run,
  scope,
  shield,
  sleep,
  spawn,
  type Task,
  timeout,
  use,
} from 'omakase'
import { atDepths } from './depths.js'
import { errorsIn, thrownBy } from './thrown.js'
import { turns } from './turns.js'

const helper = co(function* fetchUser() {
  return 1
})

function* bare() {
  yield* checkpoint()
}

/** What a program that got it wrong might yield. */
const foreign: Record<string, () => unknown> = {
  'a coroutine': helper,
  'an operation': () => sleep(1),
  'a checkpoint': () => checkpoint(),
  'a scope': () => scope(() => {}),
  'a promise': () => Promise.resolve(1),
  'a thenable': () => ({ then() {} }),
  'a task': () => spawn(() => 1),
  'a bare generator': bare,
  nothing: () => undefined,
  null: () => null,
  'a number': () => 1,
  'a string': () => 'text',
  'a symbol': () => Symbol('mine'),
  'a function': () => helper,
  'an object': () => ({ type: 'call' }),
  'an object without a prototype': () => Object.create(null),
  'an array': () => [sleep(1), sleep(2)],
}

for (const [what, make] of Object.entries(foreign)) {
  atDepths(`R4: yielding ${what} throws UsageError into the coroutine, at that yield`, async deep => {
    const log: unknown[] = []
    await run(() =>
      deep(function* loadPage(): Generator<any, void, any> {
        try {
          yield make()
          log.push('not reached')
        } catch (error) {
          log.push((error as Error).name)
          assert.match((error as Error).message, /loadPage/)
        }
        yield* checkpoint()
        log.push('it goes on')
      }),
    )
    assert.deepEqual(log, ['UsageError', 'it goes on'])
  })
}

async function advice(value: () => unknown): Promise<string> {
  const error = await thrownBy(
    run(function* (): Generator<any, void, any> {
      yield value()
    }),
  )
  assert.equal(error.name, 'UsageError')
  return error.message
}

test('R4: a yield without the star is told to write yield*', async () => {
  assert.match(await advice(helper), /yield\*/)
  assert.match(await advice(() => sleep(1)), /yield\*/)
  assert.match(await advice(() => spawn(() => 1)), /yield\*/)
})

test('R4: a yielded promise is told of wait', async () => {
  assert.match(await advice(() => Promise.resolve()), /yield\* wait\(/)
})

test('R4: each kind of foreign value has advice of its own', async () => {
  const messages = await Promise.all([
    advice(helper),
    advice(() => Promise.resolve()),
    advice(() => 1),
    advice(() => undefined),
    advice(bare),
  ])
  assert.equal(new Set(messages).size, messages.length)
})

test('R4: a wrong yield that nobody catches fails the task with the UsageError', async () => {
  const task = run(function* loadPage(): Generator<any, void, any> {
    yield 1
  })
  assert.match((await thrownBy(task)).message, /loadPage/)
  assert.equal(task.state, 'failed')
})

test('R4: a wrong yield where the coroutine has no name still says what to write', async () => {
  const error = await thrownBy(
    run(
      (() =>
        function* (): Generator<any, void, any> {
          yield helper()
        })(),
    ),
  )
  assert.equal(error.name, 'UsageError')
  assert.match(error.message, /yield\*/)
  assert.doesNotMatch(error.message, /undefined|null|\[object/)
})

atDepths(
  'R4: a wrong yield in a finally that runs for a cancellation is thrown there, and kept',
  async deep => {
    const log: string[] = []
    const task = run(function* () {
      try {
        yield* deep(function* loadPage(): Generator<any, void, any> {
          try {
            yield* forever()
          } finally {
            try {
              yield 1
            } catch {
              log.push('caught')
            }
            yield* checkpoint()
            log.push('cleanup')
            yield 2
          }
        })
      } catch {
        log.push('never')
      } finally {
        log.push('outer')
      }
    })
    await turns()
    task.cancel()
    const errors = errorsIn(await thrownBy(task))
    assert.equal(errors.length, 1)
    assert.equal((errors[0] as Error).name, 'UsageError')
    assert.deepEqual(log, ['caught', 'cleanup', 'outer'])
  },
)

const wrong = function* tidy(): Generator<any, void, any> {
  yield 1
}

const places: Record<string, () => Task<unknown>> = {
  run: () => run(wrong),
  spawn: () =>
    run(function* () {
      spawn(wrong)
    }),
  scope: () => run(() => scope(wrong)),
  timeout: () => run(() => timeout(1000, wrong)),
  shield: () => run(() => shield(wrong)),
  defer: () =>
    run(function* () {
      defer(wrong)
    }),
  'the acquire of use': () => run(() => use(wrong, () => {})),
  'the release of use': () => run(() => use(() => 1, wrong)),
  all: () => run(() => all([wrong])),
  race: () => run(() => race([wrong])),
  forEach: () => run(() => forEach([1], wrong)),
}

for (const [place, start] of Object.entries(places)) {
  test(`R4: a wrong yield in the generator given to ${place} names that generator`, async () => {
    const error = await thrownBy(start())
    assert.equal(error.name, 'UsageError')
    assert.match(error.message, /tidy/)
  })
}

test('R4: a wrong yield is refused again and again', async () => {
  let refused = 0
  await run(function* (): Generator<any, void, any> {
    for (let i = 0; i < 1000; i++) {
      try {
        yield i
      } catch {
        refused++
      }
    }
  })
  assert.equal(refused, 1000)
})
