import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Barrier, type Co, forever, moveOnAfter, race, run, select, spawn, UsageError } from 'omakase'
import { turns } from '../core/turns.js'

test('a barrier lets tasks through when enough have come, and tells each its place', async () => {
  const barrier = new Barrier(3)
  const places: [string, number][] = []
  await run(function* () {
    for (const name of ['a', 'b', 'c']) {
      spawn(function* () {
        places.push([name, yield* barrier.wait()])
      })
    }
  })
  assert.deepEqual(places.sort(), [
    ['a', 0],
    ['b', 1],
    ['c', 2],
  ])
})

test('a barrier stands again for the next', async () => {
  const barrier = new Barrier(2)
  const log: string[] = []
  await run(function* () {
    for (const name of ['a', 'b']) {
      spawn(function* () {
        for (let round = 0; round < 3; round++) {
          yield* barrier.wait()
          log.push(`${round}${name}`)
        }
      })
    }
  })
  assert.deepEqual(
    log.map(each => each[0]),
    ['0', '0', '1', '1', '2', '2'],
  )
})

test('a barrier for one lets everybody through', async () => {
  const barrier = new Barrier(1)
  assert.equal(await run(barrier.wait()), 0)
  assert.equal(await run(barrier.wait()), 0)
})

test('R20: one that is cancelled at a barrier has not come, and leaves no hole in the places', async () => {
  const barrier = new Barrier(3)
  const gone = run(barrier.wait())
  const first = run(barrier.wait())
  await turns()
  gone.cancel()
  await gone.settled()
  await run(() => moveOnAfter(1, barrier.wait()))
  assert.deepEqual(barrier.statistics(), { parties: 3, waiting: 1 })
  const others = [run(barrier.wait()), run(barrier.wait())]
  assert.deepEqual(await Promise.all([first, ...others]), [0, 1, 2])
})

test('R20: one that was let through when its cancel arrives has come', async () => {
  const barrier = new Barrier(2)
  let place: number | undefined
  const first = run(function* () {
    place = yield* barrier.wait()
    yield* forever()
  })
  await turns()
  await run(function* () {
    yield* barrier.wait()
    first.cancel()
  })
  assert.equal((await first.settled()).status, 'cancelled')
  assert.equal(place, 0)
})

test('R36: a contest counts as one that has come, and does not come twice', async () => {
  const barrier = new Barrier(2)
  for (const twice of [
    () => race([barrier.wait(), barrier.wait()]),
    () => select({ one: barrier.wait(), two: barrier.wait() }),
  ] as (() => Co<unknown>)[]) {
    const exit = await run(twice).settled()
    assert.ok(exit.status === 'failed' && exit.error instanceof UsageError)
    assert.match(exit.error.message, /counts as one/)
    assert.equal(barrier.statistics().waiting, 0)
  }
  const once = run(() => select({ barrier: barrier.wait(), never: forever() }))
  const other = run(() => race([barrier.wait(), forever()]))
  assert.deepEqual(await once, { name: 'barrier', value: 0 })
  assert.equal(await other, 1)
})
