import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  all,
  checkpoint,
  deadline,
  forever,
  moveOnAfter,
  now,
  race,
  retry,
  run,
  type Scope,
  scope,
  shield,
  sleep,
  spawn,
  timeout,
} from 'omakase'
import { realTimers } from '#src/core/timers.js'
import { atDepths } from './depths.js'
import { fails } from './fails.js'
import { block, turns } from './turns.js'

/** Within what an armed deadline may differ from one that a test works out a little later. */
function about(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1000, `${actual} is about ${expected}`)
}

atDepths('R29: the effective deadline is the earliest of all scopes around', async deep => {
  await run(function* () {
    assert.equal(deadline(), Infinity)
    yield* timeout(50_000, function* () {
      about(deadline(), now() + 50_000)
      const outer = deadline()
      yield* timeout(90_000, () =>
        deep(function* () {
          assert.equal(deadline(), outer)
        }),
      )
      yield* moveOnAfter(20_000, () =>
        deep(function* () {
          about(deadline(), now() + 20_000)
        }),
      )
      assert.equal(deadline(), outer)
      yield* scope(function* (self) {
        assert.equal(self.deadline, Infinity)
        assert.equal(deadline(), outer)
      })
    })
    assert.equal(deadline(), Infinity)
  })
})

test('R29: a child is under the deadlines of the scopes it lives in', async () => {
  await run(() =>
    timeout(50_000, function* () {
      const outer = deadline()
      const child = spawn(function* () {
        assert.equal(deadline(), outer)
        yield* timeout(90_000, function* () {
          assert.equal(deadline(), outer)
        })
        const grandchild = spawn(function* () {
          return deadline()
        })
        return yield* grandchild
      })
      assert.equal(yield* child, outer)
      assert.deepEqual(
        yield* all([
          function* () {
            return deadline()
          },
        ]),
        [outer],
      )
    }),
  )
})

test('R29: deadlines outside a shield do not count in it, those inside do', async () => {
  await run(() =>
    timeout(50_000, function* () {
      const outer = deadline()
      yield* shield(function* () {
        assert.equal(deadline(), Infinity)
        yield* timeout(90_000, function* () {
          about(deadline(), now() + 90_000)
          yield* shield(function* () {
            assert.equal(deadline(), Infinity)
          })
        })
        const child = spawn(function* () {
          return deadline()
        })
        assert.equal(yield* child, outer, 'the child belongs to the scope around the shield')
      })
      assert.equal(deadline(), outer)
    }),
  )
})

test('R29: a deadline moved later gives more time', async () => {
  const value = await run(() =>
    scope(
      function* (self) {
        self.deadline = now() + 60_000
        about(deadline(), now() + 60_000)
        yield* sleep(12)
        return 'had the time'
      },
      { timeout: 4 },
    ),
  )
  assert.equal(value, 'had the time')
})

test('R29: a deadline moved to Infinity is none', async () => {
  const value = await run(() =>
    scope(
      function* (self) {
        self.deadline = Infinity
        assert.equal(deadline(), Infinity)
        yield* sleep(8)
        return 'had the time'
      },
      { timeout: 2 },
    ),
  )
  assert.equal(value, 'had the time')
})

test('R29: a deadline moved earlier, or set where there was none, is kept', async () => {
  for (const options of [{ timeout: 60_000 }, {}]) {
    await fails(
      run(() =>
        scope(function* (self) {
          self.deadline = now() + 2
          yield* forever()
        }, options),
      ),
      { name: 'TimeoutError' },
    )
  }
})

test('R29: a deadline moved into the past is delivered while the task waits, and at its next checkpoint', async () => {
  const log: string[] = []
  let self!: Scope
  const waiting = run(() =>
    scope(function* (scope) {
      self = scope
      yield* forever()
    }),
  )
  await turns()
  self.deadline = self.deadline === Infinity ? -1 : 0
  await fails(waiting, { name: 'TimeoutError' })
  await fails(
    run(() =>
      scope(function* (scope) {
        scope.deadline = now() - 1000
        log.push('same step')
        yield* sleep(20)
        log.push('slept')
      }),
    ),
    { name: 'TimeoutError' },
  )
  assert.deepEqual(log, ['same step'])
})

test('R29: a deadline moved from outside, or by another task, takes effect', async () => {
  await fails(
    run(() =>
      scope(
        function* (self) {
          spawn(function* () {
            yield* checkpoint()
            self.deadline = now() + 1
            yield* forever()
          })
          yield* forever()
        },
        { timeout: 60_000 },
      ),
    ),
    { name: 'TimeoutError' },
  )
})

test('R29: moving the deadline of a scope that is cancelled already does not revive it', async () => {
  const log: string[] = []
  await fails(
    run(() =>
      scope(function* (self) {
        self.cancel('explicit')
        self.deadline = Infinity
        yield* checkpoint()
        log.push('revived')
      }),
    ),
    { name: 'CancelledError', reason: 'explicit' },
  )
  await fails(
    run(() =>
      scope(
        function* (self) {
          try {
            yield* forever()
          } finally {
            self.deadline = now() + 60_000
            yield* checkpoint()
          }
        },
        { timeout: 2 },
      ),
    ),
    { name: 'TimeoutError' },
  )
  assert.deepEqual(log, [])
})

test('R29: the deadline of a scope outlives its body while children run', async () => {
  await fails(
    run(() =>
      scope(
        function* () {
          spawn(forever)
          return 'body'
        },
        { timeout: 2 },
      ),
    ),
    { name: 'TimeoutError' },
  )
})

const leftovers: Record<string, () => PromiseLike<unknown>> = {
  'sleeps that are cancelled': async () => {
    const task = run(() => all(Array.from({ length: 1000 }, (_, i) => sleep(100_000 + i))))
    await turns()
    assert.ok(realTimers.size >= 1000)
    task.cancel()
    await task.settled()
  },
  'sleeps that are over': () => run(() => all([sleep(1), sleep(2)])),
  'timeouts that were not needed': () =>
    run(function* () {
      for (let i = 0; i < 100; i++) yield* timeout(100_000, () => checkpoint())
    }),
  'timeouts that have passed': () => run(() => moveOnAfter(1, () => timeout(100_000, sleep(200_000)))),
  'a timeout whose body throws': async () => {
    const error = new Error('body')
    await fails(
      run(() =>
        timeout(100_000, () => {
          throw error
        }),
      ),
      error,
    )
  },
  'deadlines that were moved about': () =>
    run(() =>
      scope(function* (self) {
        for (let i = 0; i < 100; i++) self.deadline = now() + 100_000 - 100 * i
        yield* checkpoint()
        self.deadline = now() + 200_000
      }),
    ),
  'a lost race': () => run(() => race([sleep(1), sleep(100_000), timeout(100_000, forever)])),
  'grace that was not needed': async () => {
    const task = run(() =>
      scope(
        function* () {
          try {
            yield* forever()
          } finally {
            yield* sleep(1)
          }
        },
        { grace: 100_000 },
      ),
    )
    await turns()
    task.cancel()
    await task.settled()
  },
  'a retry that is cancelled between attempts': async () => {
    const task = run(() =>
      retry(
        () => () => {
          throw new Error('again')
        },
        { delay: 100_000, jitter: false },
      ),
    )
    await turns()
    task.cancel()
    await task.settled()
  },
}

for (const [what, happen] of Object.entries(leftovers)) {
  test(`R29: nothing is left in the timer structure by ${what}`, async () => {
    const before = realTimers.size
    await happen()
    assert.equal(realTimers.size, before)
  })
}

test('R29: a deadline moved after the scope has ended leaves nothing in the timer structure', async () => {
  const before = realTimers.size
  let ended!: Scope
  await run(() =>
    scope(function* (self) {
      ended = self
    }),
  )
  ended.deadline = 1e12
  const after = realTimers.size
  ended.deadline = Infinity
  assert.equal(after, before)
})

test('R29: a deadline that is taken back in the very turn in which it falls due does not count', async () => {
  const value = await run(() =>
    scope(function* (home) {
      home.deadline = now() + 5
      setTimeout(() => {
        home.deadline = Infinity
      }, 10)
      // Both fall due meanwhile, and so in one turn.
      block(30)
      yield* sleep(1)
      yield* checkpoint()
      return 'kept'
    }),
  )
  assert.equal(value, 'kept')
})
