import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  checkpoint,
  co,
  contextManager,
  forever,
  type Instruction,
  moveOnAfter,
  run,
  ScopeError,
  scope,
  shield,
  sleep,
  spawn,
  UsageError,
  within,
} from 'omakase'
import { atDepths } from './depths.js'
import { fails, raise } from './fails.js'
import { turns } from './turns.js'

const open = co(function* (log: string[], name: string) {
  yield* checkpoint()
  log.push(`opens ${name}`)
  return name
})

/** Waits on the way in and on the way out. */
const opened = contextManager(function* (log: string[], name?: string) {
  const thing = yield* open(log, name ?? 'it')
  try {
    yield thing
    log.push('went well')
  } catch (error) {
    log.push(`saw ${(error as Error).message}`)
    throw error
  } finally {
    yield* sleep(1)
    log.push(`closes ${thing}`)
  }
})

atDepths('R33: the body gets what was yielded, and its value comes out', async deep => {
  const log: string[] = []
  const value = await run(() =>
    deep(function* () {
      return yield* within(opened(log), function* (thing) {
        yield* checkpoint()
        log.push(`uses ${thing}`)
        return 42
      })
    }),
  )
  assert.equal(value, 42)
  assert.deepEqual(log, ['opens it', 'uses it', 'went well', 'closes it'])
})

atDepths('R33: the exit sees the error of the body, which goes on where it is thrown again', async deep => {
  const log: string[] = []
  const error = new Error('broken')
  await fails(
    run(() =>
      deep(function* () {
        yield* within(opened(log), function* () {
          yield* checkpoint()
          throw error
        })
      }),
    ),
    error,
  )
  assert.deepEqual(log, ['opens it', 'saw broken', 'closes it'])
})

const silencing = contextManager(function* (seen: unknown[]) {
  try {
    yield
  } catch (error) {
    yield* checkpoint()
    seen.push(error)
  }
})

atDepths('R33: an exit that catches the error silences it, and within gives undefined', async deep => {
  const seen: unknown[] = []
  const value = await run(() =>
    deep(function* () {
      return yield* within(silencing(seen), (): number => raise('a text'))
    }),
  )
  assert.equal(value, undefined)
  assert.deepEqual(seen, ['a text'])
})

const replacing = contextManager(function* (by: (error: unknown) => unknown) {
  try {
    yield
  } catch (error) {
    throw by(error)
  }
})

test('R33: an exit may replace the error, which stays as the cause of the new one', async () => {
  const first = new Error('first')
  const second = new Error('second')
  await fails(
    run(() =>
      within(
        replacing(() => second),
        () => raise(first),
      ),
    ),
    second,
  )
  assert.equal(second.cause, first)
})

test('R33: an exit that gives the new error a cause of its own is left alone where that leads to the old one', async () => {
  const first = new Error('first')
  const second = new Error('second', { cause: new Error('between', { cause: first }) })
  await fails(
    run(() =>
      within(
        replacing(() => second),
        () => raise(first),
      ),
    ),
    second,
  )
})

for (const [what, second] of [
  ['a text', 'second'],
  ['an error with another cause', new Error('second', { cause: 'another' })],
  ['a frozen error', Object.freeze(new Error('second'))],
] as const) {
  test(`R14: where ${what} replaces the error and cannot carry it, both are thrown`, async () => {
    const first = new Error('first')
    const task = run(() =>
      within(
        replacing(() => second),
        () => raise(first),
      ),
    )
    await assert.rejects(
      async () => await task,
      (error: unknown) =>
        error instanceof ScopeError && error.errors[0] === first && error.errors[1] === second,
    )
  })
}

test('R14: an error whose cause is the one that replaces it makes no cycle', async () => {
  const second = new Error('second')
  const first = new Error('first', { cause: second })
  const task = run(() =>
    within(
      replacing(() => second),
      () => raise(first),
    ),
  )
  await assert.rejects(async () => await task, ScopeError)
  assert.equal(second.cause, undefined)
})

test('R14: an error of the exit after a body that went well is thrown', async () => {
  const failing = contextManager(function* () {
    yield
    yield* checkpoint()
    throw new Error('exit')
  })
  await fails(
    run(() => within(failing(), () => 1)),
    { message: 'exit' },
  )
})

atDepths('R33: a cancellation in the body runs the finally blocks only, and no catch', async deep => {
  const log: string[] = []
  const task = run(() =>
    deep(function* () {
      yield* within(opened(log), () => forever())
    }),
  )
  await turns()
  task.cancel()
  assert.equal((await task.settled()).status, 'cancelled')
  assert.deepEqual(log, ['opens it', 'closes it'])
})

atDepths('R17: cancelled on the way in, the manager cleans up and the body never runs', async deep => {
  const log: string[] = []
  const slow = contextManager(function* () {
    try {
      yield* forever()
      yield 'thing'
    } finally {
      yield* sleep(1)
      yield* checkpoint()
      log.push('cleaned up')
    }
  })
  const task = run(() =>
    deep(function* () {
      yield* within(slow(), () => log.push('body'))
      log.push('after')
    }),
  )
  await turns()
  task.cancel()
  assert.equal((await task.settled()).status, 'cancelled')
  assert.deepEqual(log, ['cleaned up'])
})

atDepths('R18: a manager that leaves is never cut short, also where its body went well', async deep => {
  const log: string[] = []
  const leaving = contextManager(function* () {
    try {
      yield
      log.push('went well')
      // By then it waits below.
      queueMicrotask(() => task.cancel())
    } finally {
      yield* sleep(1)
      log.push('closes it')
    }
  })
  const task = run(() =>
    deep(function* () {
      yield* within(leaving(), () => log.push('body'))
      yield* checkpoint()
      log.push('after')
    }),
  )
  assert.equal((await task.settled()).status, 'cancelled')
  assert.deepEqual(log, ['body', 'went well', 'closes it'])
})

test('R9: an error of the exit during a cancellation is kept for the scope', async () => {
  const failing = contextManager(function* () {
    try {
      yield
    } finally {
      yield* checkpoint()
      raise(new Error('exit'))
    }
  })
  await fails(
    run(() => moveOnAfter(1, () => within(failing(), () => forever()))),
    { message: 'exit' },
  )
})

test('managers nest, and leave in reverse order', async () => {
  const log: string[] = []
  await run(() => within(opened(log, 'a'), () => within(opened(log, 'b'), () => log.push('body'))))
  assert.deepEqual(log, ['opens a', 'opens b', 'body', 'went well', 'closes b', 'went well', 'closes a'])
})

test('within is no scope: what its body spawns may outlive it, and runs in the scope around', async () => {
  const log: string[] = []
  await run(() =>
    scope(function* () {
      yield* within(opened(log), function* () {
        spawn(function* () {
          yield* sleep(20)
          log.push('child')
        })
      })
      log.push('after')
    }),
  )
  assert.deepEqual(log, ['opens it', 'went well', 'closes it', 'after', 'child'])
})

test('behind a shield a manager works as anywhere', async () => {
  const log: string[] = []
  await run(() => shield(() => within(opened(log), () => log.push('body'))))
  assert.equal(log.at(-1), 'closes it')
})

const misuses: Record<string, [() => Generator<Instruction | number, void, unknown>, RegExp]> = {
  'does not yield': [function* () {}, /ended without a yield/],
  'yields twice': [
    function* () {
      yield 1
      yield 2
    },
    /yielded twice/,
  ],
}

for (const [what, [fn, message]] of Object.entries(misuses)) {
  test(`R4: a manager that ${what} is told so`, async () => {
    const manager = contextManager(fn)
    const task = run(() => within(manager(), () => 1))
    await assert.rejects(
      async () => await task,
      (error: unknown) => error instanceof UsageError && message.test(error.message),
    )
  })
}

test('R4: a manager that yields a promise, or forgets the star, is told so at that yield', async () => {
  const log: unknown[] = []
  const forgetful = contextManager(function* () {
    try {
      yield sleep(1)
    } catch (error) {
      log.push(error)
      throw error
    }
  })
  const task = run(() => within(forgetful(), () => 1))
  await assert.rejects(async () => await task, UsageError)
  assert.match(String(log[0]), /without the star/)
})

test('R4: a manager is used once, and within wants one', async () => {
  const manager = opened([])
  await run(() => within(manager, () => 1))
  const again = run(() => within(manager, () => 1))
  await assert.rejects(async () => await again, UsageError)
  assert.throws(() => within({} as never, () => 1), UsageError)
  assert.throws(() => contextManager(7 as never), UsageError)
})

test('an async body gets the value and its signal', async () => {
  const log: string[] = []
  const value = await run(() =>
    within(opened(log), async (thing, signal) => `${thing} ${signal instanceof AbortSignal}`),
  )
  assert.equal(value, 'it true')
})
