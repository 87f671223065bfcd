import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  all,
  checkpoint,
  co,
  defer,
  forEach,
  forever,
  moveOnAfter,
  race,
  run,
  scope,
  shield,
  sleep,
  spawn,
  timeout,
  use,
} from 'omakase'
import { gate } from './gate.js'
import { turns } from './turns.js'

/** A coroutine whose cleanup suspends: what native delegation gets wrong. */
const inner = co(function* (log: string[]) {
  try {
    yield* forever()
  } finally {
    yield* checkpoint()
    yield* sleep(1)
    log.push('inner')
  }
})

const bodies: Record<string, (log: string[]) => () => Generator<any, unknown, any>> = {
  run: log =>
    function* () {
      yield* inner(log)
      log.push('never')
    },
  spawn: log =>
    function* () {
      const child = spawn(function* () {
        yield* inner(log)
        log.push('never')
      })
      yield* child
    },
  scope: log =>
    function* () {
      yield* scope(function* () {
        yield* inner(log)
        log.push('never')
      })
      log.push('never')
    },
  timeout: log =>
    function* () {
      yield* timeout(10_000, function* () {
        yield* inner(log)
        log.push('never')
      })
      log.push('never')
    },
  moveOnAfter: log =>
    function* () {
      yield* moveOnAfter(10_000, function* () {
        yield* inner(log)
        log.push('never')
      })
      log.push('never')
    },
  all: log =>
    function* () {
      yield* all([
        function* () {
          yield* inner(log)
          log.push('never')
        },
      ])
      log.push('never')
    },
  race: log =>
    function* () {
      yield* race([
        function* () {
          yield* inner(log)
          log.push('never')
        },
      ])
      log.push('never')
    },
  forEach: log =>
    function* () {
      yield* forEach([1], function* () {
        yield* inner(log)
        log.push('never')
      })
      log.push('never')
    },
  'the acquire of use': log =>
    function* () {
      yield* use(
        function* () {
          yield* inner(log)
          log.push('never')
        },
        () => {},
      )
      log.push('never')
    },
}

for (const [name, make] of Object.entries(bodies)) {
  test(`decision 1: a bare generator function is fine as the body of ${name}: the runtime owns its frame`, async () => {
    const log: string[] = []
    const task = run(make(log))
    await turns()
    task.cancel()
    assert.equal((await task.settled()).status, 'cancelled')
    assert.deepEqual(log, ['inner'])
  })
}

test('decision 1: so it is in a shield and in cleanup, whose frames are not cut', async () => {
  const log: string[] = []
  const open = gate()
  const task = run(function* () {
    defer(function* () {
      yield* checkpoint()
      log.push('deferred')
    })
    yield* shield(function* () {
      yield* open.wait()
      log.push('shield')
    })
    log.push('never')
  })
  await turns()
  task.cancel()
  await turns()
  open.open()
  assert.equal((await task.settled()).status, 'cancelled')
  assert.deepEqual(log, ['shield', 'deferred'])
})

test('decision 1: a call gives a coroutine that does nothing until somebody waits for it', async () => {
  const log: string[] = []
  const greet = co(function* (name: string) {
    log.push(name)
    return `hello ${name}`
  })
  const greeting = greet('ann')
  await turns()
  assert.deepEqual(log, [])
  assert.equal(
    await run(function* () {
      return yield* greeting
    }),
    'hello ann',
  )
  assert.deepEqual(log, ['ann'])
})

test('decision 1: a coroutine function has the name and length of its function, and passes this on', async () => {
  const add = co(function* add(this: { base: number }, a: number, b: number) {
    yield* checkpoint()
    return this.base + a + b
  })
  assert.equal(add.name, 'add')
  assert.equal(add.length, 2)
  assert.equal(await add.call({ base: 1 }, 2, 3), 6)
})

test('decision 1: co is a method decorator too', async () => {
  class Counter {
    *add(n: number): Generator<any, number, any> {
      yield* checkpoint()
      this.count += n
      return this.count
    }

    count = 0
  }
  const context = { kind: 'method', name: 'add' } as unknown as ClassMethodDecoratorContext<Counter>
  Counter.prototype.add = co(Counter.prototype.add, context)
  const counter = new Counter()
  assert.equal(
    await run(function* () {
      yield* counter.add(1)
      return yield* counter.add(2)
    }),
    3,
  )
})

test('decision 1: co takes generator functions only, and says what to write', () => {
  const wrong: unknown[] = [
    () => {},
    async () => {},
    async function* () {},
    (function* () {})(),
    undefined,
    1,
    'text',
    {},
  ]
  for (const value of wrong) {
    assert.throws(() => co(value as any), { name: 'UsageError', message: /function\*/ })
  }
})

test('decision 1: an error thrown far below carries the stack of where it was made', async () => {
  const level = co(function* findMe(n: number): Generator<any, void, any> {
    if (n === 0) throw new Error('below')
    yield* level(n - 1)
  })
  const exit = await run(level(3)).settled()
  assert.ok(exit.status === 'failed')
  assert.match((exit.error as Error).stack ?? '', /findMe/)
})
