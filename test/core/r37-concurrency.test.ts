import assert from 'node:assert/strict'
import { test } from 'node:test'
import { all, allSettled, type Body, checkpoint, forEach, run, sleep } from 'omakase'
import { fails, raise } from './fails.js'
import { type Gate, gate } from './gate.js'
import { turns } from './turns.js'

/** An endless input that counts what was pulled of it. */
function endless<T>(make: (i: number) => T) {
  const counts = { pulled: 0, started: 0, ended: 0, most: 0 }
  function* pull(): Generator<T> {
    for (let i = 0; ; i++) {
      counts.pulled++
      counts.most = Math.max(counts.most, counts.pulled - counts.ended)
      yield make(i)
    }
  }
  return { counts, input: pull() }
}

for (const concurrency of [1, 2, 5]) {
  test(`R37: all never holds more than ${concurrency} of an endless input, and starts none after a failure`, async () => {
    const error = new Error('item 20')
    let failed = false
    const { counts, input } = endless(
      (i): Body<void> =>
        function* () {
          assert.ok(!failed, `item ${i} was started after the failure`)
          counts.started++
          try {
            for (let n = i % 3; n >= 0; n--) yield* checkpoint()
            if (i === 20) {
              failed = true
              raise(error)
            }
          } finally {
            counts.ended++
          }
        },
    )
    await fails(
      run(() => all(input, { concurrency })),
      error,
    )
    assert.ok(counts.most <= concurrency, `${counts.most} were held`)
    assert.equal(counts.started, counts.ended)
    const { pulled } = counts
    await turns()
    assert.equal(counts.pulled, pulled)
    assert.ok(pulled <= 21 + concurrency)
  })

  test(`R37: forEach with a concurrency of ${concurrency} reads nothing ahead, and starts none after a failure`, async () => {
    const error = new Error('item 20')
    let failed = false
    const { counts, input } = endless(i => i)
    await fails(
      run(() =>
        forEach(
          input,
          function* (i) {
            assert.ok(!failed)
            try {
              yield* checkpoint()
              if (i === 20) {
                failed = true
                raise(error)
              }
            } finally {
              counts.ended++
            }
          },
          { concurrency },
        ),
      ),
      error,
    )
    assert.ok(counts.most <= concurrency, `${counts.most} were held`)
  })
}

test('R37: a place that becomes free is given to one new item', async () => {
  const gates: Gate[] = []
  const started: number[] = []
  const bodies = Array.from({ length: 5 }, (_, i) => {
    gates.push(gate())
    return function* () {
      started.push(i)
      yield* gates[i]!.wait()
      return i
    }
  })
  const task = run(() => all(bodies, { concurrency: 2 }))
  await turns()
  assert.deepEqual(started, [0, 1])
  gates[1]!.open()
  await turns()
  assert.deepEqual(started, [0, 1, 2])
  gates[0]!.open()
  gates[2]!.open()
  await turns()
  assert.deepEqual(started, [0, 1, 2, 3, 4])
  gates[4]!.open()
  gates[3]!.open()
  assert.deepEqual(await task, [0, 1, 2, 3, 4])
})

test('R37: an item that ends in the turn in which another has failed gives its place to none', async () => {
  const [first, second] = [gate(), gate()]
  const started: number[] = []
  const error = new Error('first')
  const task = run(() =>
    all(
      [0, 1, 2, 3].map(
        i =>
          function* () {
            started.push(i)
            yield* [first, second][i]!.wait()
            if (i === 0) raise(error)
          },
      ),
      { concurrency: 2 },
    ),
  )
  await turns()
  first.open()
  second.open()
  await fails(task, error)
  assert.deepEqual(started, [0, 1])
})

test('R37: a cancelled all pulls and starts nothing more', async () => {
  const { counts, input } = endless(
    (): Body<void> =>
      function* () {
        counts.started++
        try {
          yield* sleep(100_000)
        } finally {
          yield* checkpoint()
          counts.ended++
        }
      },
  )
  const task = run(() => all(input, { concurrency: 3 }))
  await turns()
  task.cancel()
  assert.equal((await task.settled()).status, 'cancelled')
  assert.deepEqual([counts.started, counts.ended], [3, 3])
  assert.ok(counts.pulled <= 3)
})

test('R37: an input that throws while it is pulled fails the whole, after the running items were cancelled', async () => {
  const error = new Error('input')
  let ended = 0
  function* input(): Generator<Body<void>> {
    for (let i = 0; i < 2; i++) {
      yield function* () {
        try {
          yield* i === 0 ? checkpoint() : sleep(100_000)
        } finally {
          ended++
        }
      }
    }
    throw error
  }
  await fails(
    run(() => all(input(), { concurrency: 2 })),
    error,
  )
  assert.equal(ended, 2)
})

test('R37: allSettled holds no more than its concurrency either, and tells how each ended, in order', async () => {
  let running = 0
  let most = 0
  const error = new Error('odd')
  const exits = await run(() =>
    allSettled(
      Array.from(
        { length: 6 },
        (_, i) =>
          function* () {
            most = Math.max(most, ++running)
            for (let n = i; n < 6; n++) yield* checkpoint()
            running--
            if (i % 2) raise(error)
            return i
          },
      ),
      { concurrency: 2 },
    ),
  )
  assert.equal(most, 2)
  assert.deepEqual(
    exits,
    [0, 1, 2, 3, 4, 5].map(i => (i % 2 ? { status: 'failed', error } : { status: 'ok', value: i })),
  )
})

test('R37: items that complete at once do not pile up', async () => {
  let started = 0
  const value = await run(() =>
    all(
      Array.from({ length: 5000 }, (_, i) => () => {
        started++
        return i
      }),
      { concurrency: 2 },
    ),
  )
  assert.equal(started, 5000)
  assert.equal(value.length, 5000)
})

test('R37: a concurrency that is no whole number of 1 or more is a UsageError', async () => {
  for (const concurrency of [0, -1, 1.5, Number.NaN]) {
    await fails(
      run(() => all([() => 1], { concurrency })),
      { name: 'UsageError' },
    )
    await fails(
      run(() => forEach([1], () => {}, { concurrency })),
      { name: 'UsageError' },
    )
  }
})
