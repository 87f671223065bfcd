import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  all,
  type Co,
  channel,
  checkpoint,
  co,
  race,
  run,
  Semaphore,
  scope,
  shield,
  sleep,
  spawn,
  timeout,
  type UsageError,
  wait,
} from 'omakase'
import { gate } from './gate.js'
import { thrownBy } from './thrown.js'

const helper = co(function* fetchUser(id: number) {
  yield* checkpoint()
  return id
})

function isUsageError(error: unknown, ...parts: RegExp[]): asserts error is UsageError {
  assert.equal((error as Error)?.name, 'UsageError')
  for (const part of parts) assert.match((error as Error).message, part)
}

test('R4: a coroutine that has been used is refused to whoever uses it again', async () => {
  const caught = await run(function* () {
    const user = helper(1)
    assert.equal(yield* user, 1)
    try {
      yield* user
    } catch (error) {
      yield* checkpoint()
      return error
    }
    return undefined
  })
  isUsageError(caught, /fetchUser/)
})

test('R4: the one who used it first is not disturbed by the second', async () => {
  const open = gate<string>()
  const waits = co(function* waitsForIt() {
    return yield* open.wait()
  })
  const shared = waits()
  const first = run(function* () {
    return yield* shared
  })
  const second = run(function* () {
    return yield* shared
  })
  isUsageError(await thrownBy(second), /waitsForIt/)
  open.open('value')
  assert.equal(await first, 'value')
})

test('R4: a coroutine that is awaited twice is refused the second time', async () => {
  const user = helper(2)
  assert.equal(await user, 2)
  isUsageError(await thrownBy(user), /fetchUser/)
  const another = helper(3)
  const [one, two] = await Promise.allSettled([another, another])
  assert.deepEqual(one, { status: 'fulfilled', value: 3 })
  assert.ok(two.status === 'rejected')
  isUsageError(two.reason, /fetchUser/)
})

const ways: Record<string, (user: Co<number>) => PromiseLike<unknown>> = {
  'run(user)': user => run(user),
  'run(() => user)': user => run(() => user),
  'yield* user': user =>
    run(function* () {
      return yield* user
    }),
  'scope(user)': user => run(() => scope(user)),
  'timeout(ms, user)': user => run(() => timeout(1000, user)),
  'shield(user)': user => run(() => shield(user)),
  'spawn(user)': user =>
    run(function* () {
      return yield* spawn(user)
    }),
  'all([user])': user => run(() => all([user])),
  'race([user])': user => run(() => race([user])),
  'await user in a task': user => run(async () => await user),
  'await user': user => user,
}

for (const [name, first] of Object.entries(ways)) {
  test(`R4: used twice is used twice, in whatever two ways (first ${name})`, async () => {
    for (const [then, second] of Object.entries(ways)) {
      const user = helper(4)
      assert.equal(String(await first(user)), '4')
      const error = await (async () => await second(user))().then(
        () => assert.fail(`accepted by ${then}`),
        thrown => thrown,
      )
      isUsageError(error, /fetchUser/)
    }
  })
}

test('R4: the same coroutine twice in one all is refused', async () => {
  const user = helper(5)
  isUsageError(await thrownBy(run(() => all([user, user]))), /fetchUser/)
})

const operations = {
  sleep: () => sleep(1),
  send: () => channel<number>(3)[0].send(1),
  acquire: () => new Semaphore(3).acquire(),
  wait: () => wait(Promise.resolve(1)),
  scope: () => scope(() => 1),
  timeout: () => timeout(1000, () => 1),
  all: () => all([() => 1]),
  settled: () => run(() => 1).settled(),
}

for (const [name, make] of Object.entries(operations)) {
  test(`R4: an operation is good for one use, too (${name})`, async () => {
    await run(function* () {
      const operation = make()
      yield* operation
      let caught: unknown
      try {
        yield* operation
      } catch (error) {
        caught = error
      }
      isUsageError(caught)
    })
    const awaited = make()
    await awaited
    isUsageError(await thrownBy(awaited))
  })
}

test('R4: what checkpoint() gave is not to be kept and used for ever, or it works each time', async () => {
  // It may be one shared object, so either is right; what must not happen is that it hangs or skips.
  const log: string[] = []
  await run(function* () {
    const pause = checkpoint()
    yield* pause
    spawn(() => log.push('child'))
    try {
      yield* pause
    } catch (error) {
      isUsageError(error)
      yield* checkpoint()
    }
    log.push('parent')
  })
  assert.deepEqual(log, ['child', 'parent'])
})

test('R4: a task is no coroutine: it may be joined any number of times', async () => {
  assert.equal(
    await run(function* () {
      const task = spawn(() => 1)
      return (yield* task) + (yield* task) + (yield* task)
    }),
    3,
  )
})
