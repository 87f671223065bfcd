import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Co, channel, checkpoint, moveOnAfter, run, Semaphore, sleep, spawn, timeout } from 'omakase'
import { atDepths } from '../core/depths.js'
import { fails, raise } from '../core/fails.js'
import { turns } from '../core/turns.js'

/** Something that can be taken by one, and given back: the same rules for all of them. */
interface Place {
  take(): Co<unknown>
  tryTake(): boolean
  give(): void
}

const places: Record<string, () => Place> = {
  'a semaphore': () => {
    const semaphore = new Semaphore(1)
    semaphore.tryAcquire()
    return {
      take: () => semaphore.acquire(),
      tryTake: () => semaphore.tryAcquire(),
      give: () => semaphore.release(),
    }
  },
  'the items of a channel': () => {
    const [sender, receiver] = channel<number>(10)
    return {
      take: () => receiver.receive(),
      tryTake: () => receiver.tryReceive() !== undefined,
      give: () => void sender.trySend(0),
    }
  },
  'the items of a channel without a buffer': () => {
    const [sender, receiver] = channel<number>()
    return {
      take: () => receiver.receive(),
      tryTake: () => receiver.tryReceive() !== undefined,
      give: () => void (sender.trySend(0) || run(sender.send(0))),
    }
  },
  'the room of a channel': () => {
    const [sender, receiver] = channel<number>(1)
    sender.trySend(0)
    return {
      take: () => sender.send(1),
      tryTake: () => sender.trySend(1),
      give: () => void receiver.tryReceive(),
    }
  },
}

for (const [what, make] of Object.entries(places)) {
  test(`R39: those who wait for ${what} are served in the order in which they came`, async () => {
    const place = make()
    const served: number[] = []
    const tasks = [0, 1, 2, 3].map(i =>
      run(function* () {
        yield* place.take()
        served.push(i)
      }),
    )
    await turns()
    for (let i = 0; i < 4; i++) {
      place.give()
      await turns()
      assert.deepEqual(served, [0, 1, 2, 3].slice(0, i + 1))
    }
    await Promise.all(tasks)
  })

  test(`R39: what is released of ${what} goes straight to the longest waiter; a newcomer cannot steal it`, async () => {
    const place = make()
    const served: string[] = []
    const waiter = run(function* () {
      yield* place.take()
      served.push('waiter')
    })
    await turns()
    const newcomer = run(function* () {
      place.give()
      assert.equal(place.tryTake(), false, 'it belongs to the waiter already')
      yield* place.take()
      served.push('newcomer')
    })
    await waiter
    await turns()
    assert.deepEqual(served, ['waiter'])
    place.give()
    await newcomer
    assert.deepEqual(served, ['waiter', 'newcomer'])
  })

  atDepths(`R39: a cancelled waiter for ${what} leaves the queue, wherever it stands in it`, async deep => {
    for (const gone of [0, 1, 2]) {
      const place = make()
      const served: number[] = []
      const tasks = [0, 1, 2].map(i =>
        run(() =>
          deep(function* () {
            yield* place.take()
            served.push(i)
          }),
        ),
      )
      await turns()
      tasks[gone]!.cancel()
      place.give()
      place.give()
      for (const task of tasks) await task.settled()
      assert.deepEqual(
        served,
        [0, 1, 2].filter(i => i !== gone),
      )
      place.give()
      await turns()
      assert.equal(place.tryTake(), true, 'nothing was eaten')
    }
  })

  test(`R39: a waiter for ${what} that was served when its cancel arrives keeps what it got`, async () => {
    const place = make()
    const log: string[] = []
    const first = run(function* () {
      yield* place.take()
      log.push('served')
      yield* checkpoint()
      log.push('after the checkpoint')
    })
    const second = run(function* () {
      yield* place.take()
      log.push('second')
    })
    await turns()
    place.give()
    first.cancel()
    assert.equal((await first.settled()).status, 'cancelled')
    assert.deepEqual(log, ['served'])
    place.give()
    await second
    assert.deepEqual(log, ['served', 'second'])
  })

  test(`R39: a waiter for ${what} that is cancelled in the turn before the release eats nothing`, async () => {
    const place = make()
    const waiter = run(() => place.take())
    await turns()
    waiter.cancel()
    place.give()
    await turns()
    assert.equal(place.tryTake(), true)
    assert.equal((await waiter.settled()).status, 'cancelled')
  })

  test(`R39: a waiter for ${what} that times out eats nothing`, async () => {
    const place = make()
    await run(() => moveOnAfter(1, place.take()))
    place.give()
    await turns()
    assert.equal(place.tryTake(), true)
  })
}

test('R39: what comes out of a full channel makes room for the longest sender before anybody else', async () => {
  const [sender, receiver] = channel<string>(1)
  sender.trySend('buffered')
  const waiting = ['first', 'second'].map(item => run(sender.send(item)))
  await turns()
  assert.deepEqual(receiver.tryReceive(), { value: 'buffered' })
  assert.equal(sender.trySend('stolen'), false)
  assert.deepEqual(receiver.tryReceive(), { value: 'first' })
  assert.deepEqual(receiver.tryReceive(), { value: 'second' })
  await Promise.all(waiting)
})

test('R39: items come out in the order in which they went in, buffered or not', async () => {
  for (const capacity of [0, 1, 4]) {
    const received: number[] = []
    await run(function* () {
      const [sender, receiver] = channel<number>(capacity)
      for (let i = 0; i < 10; i++) spawn(() => sender.send(i))
      yield* sleep(1)
      for (let i = 0; i < 10; i++) received.push(yield* receiver.receive())
    })
    assert.deepEqual(received, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  }
})

test('R39: no more than its permits hold a semaphore, and each waiter gets one in the end', async () => {
  const semaphore = new Semaphore(3)
  let holding = 0
  let most = 0
  const order: number[] = []
  await run(function* () {
    for (let i = 0; i < 50; i++) {
      spawn(() =>
        semaphore.with(function* () {
          order.push(i)
          most = Math.max(most, ++holding)
          for (let n = i % 4; n > 0; n--) yield* checkpoint()
          holding--
        }),
      )
    }
  })
  assert.equal(most, 3)
  assert.deepEqual(
    order,
    Array.from({ length: 50 }, (_, i) => i),
  )
})

const endings: Record<string, (semaphore: Semaphore) => Promise<unknown>> = {
  'returns a value': async semaphore => assert.equal(await run(semaphore.with(() => 'value')), 'value'),
  throws: async semaphore => {
    const error = new Error('body')
    await fails(run(semaphore.with(() => raise(error))), error)
  },
  'is cancelled': async semaphore => {
    const task = run(semaphore.with(() => sleep(100_000)))
    await turns()
    task.cancel()
    assert.equal((await task.settled()).status, 'cancelled')
  },
  'is cancelled when it has just got the permit': async semaphore => {
    semaphore.tryAcquire()
    const log: string[] = []
    const task = run(
      semaphore.with(function* () {
        yield* checkpoint()
        log.push('went on')
      }),
    )
    await turns()
    semaphore.release()
    task.cancel()
    assert.equal((await task.settled()).status, 'cancelled')
    assert.deepEqual(log, [])
  },
  'is cancelled while it waits for the permit': async semaphore => {
    semaphore.tryAcquire()
    const task = run(semaphore.with(() => raise(new Error('never started'))))
    await turns()
    task.cancel()
    assert.equal((await task.settled()).status, 'cancelled')
    semaphore.release()
  },
  'times out': async semaphore => {
    await fails(
      run(() => timeout(1, semaphore.with(sleepLong))),
      { name: 'TimeoutError' },
    )
  },
}

const sleepLong = () => sleep(100_000)

for (const [how, end] of Object.entries(endings)) {
  test(`R39: a permit is given back where the body of with ${how}`, async () => {
    const semaphore = new Semaphore(1)
    await end(semaphore)
    assert.equal(semaphore.tryAcquire(), true)
    assert.equal(semaphore.tryAcquire(), false)
  })
}

test('R39: the permit is held until the cleanup of a cancelled body has finished', async () => {
  const semaphore = new Semaphore(1)
  const log: string[] = []
  const holder = run(
    semaphore.with(function* () {
      try {
        yield* sleep(100_000)
      } finally {
        yield* sleep(2)
        log.push('cleaned up')
      }
    }),
  )
  await turns()
  const next = run(semaphore.with(() => void log.push('next')))
  await turns()
  holder.cancel()
  await next
  assert.deepEqual(log, ['cleaned up', 'next'])
})

test('R39: many permits are handed out one by one to many waiters', async () => {
  const semaphore = new Semaphore(2)
  assert.deepEqual(
    [semaphore.tryAcquire(), semaphore.tryAcquire(), semaphore.tryAcquire()],
    [true, true, false],
  )
  const served: number[] = []
  const tasks = [0, 1, 2].map(i =>
    run(function* () {
      yield* semaphore.acquire()
      served.push(i)
    }),
  )
  await turns()
  semaphore.release()
  semaphore.release()
  await turns()
  assert.deepEqual(served, [0, 1])
  semaphore.release()
  await Promise.all(tasks)
  assert.deepEqual(served, [0, 1, 2])
})
