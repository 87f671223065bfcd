import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkpoint, defer, forever, scope, sleep, spawn, UsageError, use, wait } from 'omakase'
import { cancelSweep, type Sweep, SweepError } from 'omakase/testing'

/** Of each run, how far the body came. */
async function swept(body: (log: string[]) => () => Generator<any, unknown, any>) {
  const runs: { log: string[]; sweep: Sweep<unknown> }[] = []
  let log: string[] = []
  const count = await cancelSweep(
    function* () {
      log = []
      return yield* body(log)() as Generator<any, unknown, any>
    },
    sweep => {
      runs.push({ log, sweep })
    },
  )
  assert.deepEqual(
    runs.map(({ sweep }) => sweep.point),
    Array.from({ length: count }, (_, i) => i + 1),
  )
  return runs
}

test('R49: the body is cancelled before its first step, and at each point at which it is suspended', async () => {
  const logs: string[] = []
  await cancelSweep(
    function* () {
      let log = 'begun'
      defer(() => void logs.push(log))
      yield* sleep(10)
      log = 'slept'
      yield* checkpoint()
      log = 'checked'
      yield* wait(Promise.resolve())
      log = 'waited'
    },
    ({ exit }) => void logs.push(exit.status),
  )
  // The first run is not cancelled.
  assert.equal(logs.shift(), 'waited')
  const runs = logs.join(' ')
  for (const seen of ['begun cancelled', 'slept cancelled', 'checked cancelled'])
    assert.ok(runs.includes(seen), runs)
})

test('R49: where children are suspended is a point of the body, too', async () => {
  const runs = await swept(
    log =>
      function* () {
        yield* scope(function* () {
          for (const name of ['a', 'b']) {
            spawn(function* () {
              yield* checkpoint()
              log.push(`${name}1`)
              yield* sleep(name === 'a' ? 1 : 2)
              log.push(`${name}2`)
            })
          }
        })
      },
  )
  const logs = new Set(runs.map(({ log }) => log.join(' ')))
  assert.deepEqual([...logs], ['', 'a1', 'a1 b1', 'a1 b1 a2', 'a1 b1 a2 b2'])
})

test('R49: check is told the point, who waited on what, and how the body ended', async () => {
  const sweeps: Sweep<string>[] = []
  await cancelSweep(
    function* main() {
      const child = spawn(() => sleep(5), { name: 'child' })
      yield* child
      return 'done'
    },
    sweep => void sweeps.push(sweep),
  )
  // A cancel that comes when all is done changes nothing.
  const statuses = sweeps.map(({ exit }) => exit.status).join(' ')
  assert.match(statuses, /^(cancelled )+ok( ok)*$/)
  assert.equal(sweeps[0]!.at, 'before its first step')
  assert.ok(
    sweeps.some(({ at }) => at === '"main" (waits on the end of task "child"), "child" (waits on sleep)'),
    sweeps.map(({ at }) => at).join('\n'),
  )
})

test('R49: check may be a coroutine or async, and what it throws names the point', async () => {
  let checks = 0
  const body = () => sleep(1)
  const points = await cancelSweep(body, function* () {
    yield* checkpoint()
    checks++
  })
  await cancelSweep(body, async () => {
    await null
    checks++
  })
  assert.equal(checks, 2 * points)
  const error = new Error('not given back')
  await assert.rejects(
    cancelSweep(body, ({ point }) => {
      if (point === 2) throw error
    }),
    (thrown: SweepError) =>
      thrown instanceof SweepError &&
      thrown.point === 2 &&
      thrown.cause === error &&
      /^cancelled at point 2, .*: not given back$/.test(thrown.message),
  )
})

test('R49: a permit that is not given back under a cancellation is found', async () => {
  let held = 0
  await assert.rejects(
    cancelSweep(
      function* () {
        held++
        yield* sleep(1)
        held--
      },
      () => assert.equal(held, 0),
    ),
    SweepError,
  )
  held = 0
  await cancelSweep(
    function* () {
      yield* use(
        () => ++held,
        () => --held,
      )
      yield* sleep(1)
    },
    () => assert.equal(held, 0),
  )
})

test('R49: errors of the cleanup are thrown', async () => {
  const error = new Error('cleanup')
  await assert.rejects(
    cancelSweep(function* () {
      try {
        yield* sleep(1)
      } finally {
        yield* checkpoint()
        // biome-ignore lint/correctness/noUnsafeFinally: what is tested
        if (error.message !== '') throw error
      }
    }),
    error,
  )
  let cut = true
  await assert.rejects(
    cancelSweep(function* () {
      cut = true
      defer(() => {
        if (cut) throw error
      })
      yield* sleep(1)
      cut = false
    }),
    (thrown: SweepError) => thrown instanceof SweepError && thrown.cause === error,
  )
})

test('R49: cleanup that never ends is found', async () => {
  let cut = true
  await assert.rejects(
    cancelSweep(function* stubborn() {
      cut = true
      defer(function* () {
        if (cut) yield* forever()
      })
      yield* sleep(1)
      cut = false
    }),
    /^SweepError: cancelled at point .*: cleanup never ends: "stubborn" \(waits on forever\)$/,
  )
})

test('R49: a body that waits for ever is cancelled at all of its points', async () => {
  const ats: string[] = []
  await cancelSweep(
    function* server() {
      yield* sleep(1)
      yield* forever()
    },
    ({ at, exit }) => {
      assert.equal(exit.status, 'cancelled')
      ats.push(at)
    },
  )
  assert.ok(ats.includes('"server" (waits on sleep)'))
  assert.equal(ats.at(-1), '"server" (waits on forever)')
})

test('R49: a body that fails uncancelled throws its own error, and check is not called', async () => {
  const error = new Error('own')
  await assert.rejects(
    cancelSweep(
      function* () {
        yield* sleep(1)
        throw error
      },
      () => assert.fail('was called'),
    ),
    error,
  )
})

test('R49: a body that has no end is told so', async () => {
  await assert.rejects(
    cancelSweep(
      function* () {
        for (;;) yield* sleep(1)
      },
      undefined,
      { points: 50 },
    ),
    /still running after 50 suspension points; give it an end/,
  )
  await assert.rejects(
    cancelSweep(() => {}, undefined, { points: 0 }),
    UsageError,
  )
  await assert.rejects(cancelSweep(sleep(1) as never), UsageError)
})

test('R49: a sweep can go along a seeded schedule', async () => {
  const orders = new Set<string>()
  for (let seed = 0; seed < 10; seed++) {
    const ats: string[] = []
    await cancelSweep(
      function* () {
        for (const name of 'abc') spawn(checkpoint, { name })
      },
      ({ at }) => void ats.push(at),
      { seed },
    )
    orders.add(ats.join('\n'))
  }
  assert.ok(orders.size > 1)
})
