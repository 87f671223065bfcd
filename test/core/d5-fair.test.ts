import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Co,
  channel,
  checkpoint,
  co,
  run,
  Semaphore,
  scope,
  sleep,
  spawn,
  type Task,
  timeout,
} from 'omakase'
import { turns } from './turns.js'

const semaphore = new Semaphore(1)

const inPlace: Record<string, () => Co<unknown>> = {
  'a send': () => channel<number>(1)[0].send(1),
  'a receive': () => {
    const [sender, receiver] = channel<number>(1)
    sender.trySend(1)
    return receiver.receive()
  },
  'a permit': co(function* () {
    yield* semaphore.acquire()
    semaphore.release()
  }),
  'an empty scope': () => scope(() => {}),
  'an empty timeout': () => timeout(1000, function* () {}),
}

for (const [name, make] of Object.entries(inPlace)) {
  test(`decision 5: ${name} that is ready completes in place, at most 128 times in a row`, async () => {
    let count = 0
    let atTurn = 0
    await run(function* () {
      spawn(() => {
        atTurn = count
      })
      while (atTurn === 0 && count < 10_000) {
        count++
        yield* make()
      }
    })
    assert.ok(atTurn > 1, `after ${atTurn}`)
    assert.ok(atTurn <= 129, `after ${atTurn}`)
  })
}

test('decision 5: calls do not interrupt the count of operations', async () => {
  let count = 0
  let atTurn = 0
  const helper = co(function* () {
    const [sender] = channel<number>(1)
    yield* sender.send(1)
  })
  await run(function* () {
    spawn(() => {
      atTurn = count
    })
    while (atTurn === 0 && count < 10_000) {
      count++
      yield* helper()
    }
  })
  assert.ok(atTurn > 1 && atTurn <= 129, `after ${atTurn}`)
})

test('decision 5: after the last operation in a row the task goes behind all that are ready', async () => {
  const order: number[] = []
  await run(function* () {
    for (let id = 0; id < 3; id++) {
      spawn(function* () {
        for (let i = 0; i < 400; i++) {
          if (order.at(-1) !== id) order.push(id)
          yield* channel<number>(1)[0].send(1)
        }
      })
    }
  })
  assert.deepEqual(order.slice(0, 6), [0, 1, 2, 0, 1, 2])
})

test('decision 5: checkpoint() always goes to the back of the queue', async () => {
  const log: string[] = []
  const child = (name: string) =>
    function* () {
      for (let i = 0; i < 3; i++) {
        log.push(name + i)
        yield* checkpoint()
      }
    }
  await run(function* () {
    spawn(child('a'))
    spawn(child('b'))
    spawn(child('c'))
  })
  assert.deepEqual(log, ['a0', 'b0', 'c0', 'a1', 'b1', 'c1', 'a2', 'b2', 'c2'])
})

for (const [name, make] of Object.entries(inPlace)) {
  test(`decision 5: ${name} that is ready is a place where a cancellation is seen`, async () => {
    const log: string[] = []
    const self: Task<void> = run(function* () {
      yield* checkpoint()
      self.cancel()
      log.push('goes on')
      yield* make()
      log.push('never')
    })
    assert.equal((await self.settled()).status, 'cancelled')
    assert.deepEqual(log, ['goes on'])
  })
}

test('decision 5: an operation that a cancellation met first has not happened', async () => {
  const [sender, receiver] = channel<string>(1)
  const one = new Semaphore(1)
  const cancelled = (body: () => Co<unknown>) => {
    const self: Task<unknown> = run(function* () {
      self.cancel()
      yield* body()
    })
    return self.settled()
  }
  assert.equal((await cancelled(() => sender.send('lost?'))).status, 'cancelled')
  assert.equal(receiver.tryReceive(), undefined)
  sender.trySend('kept')
  assert.equal((await cancelled(() => receiver.receive())).status, 'cancelled')
  assert.deepEqual(receiver.tryReceive(), { value: 'kept' })
  assert.equal((await cancelled(() => one.acquire())).status, 'cancelled')
  assert.equal(one.tryAcquire(), true)
})

test('decision 5: what wakes together goes on in the order in which it was woken', async () => {
  const log: number[] = []
  const [sender, receiver] = channel<number>()
  const tasks = [0, 1, 2, 3].map(i =>
    run(function* () {
      yield* receiver.receive()
      log.push(i)
    }),
  )
  await turns()
  for (let i = 0; i < 4; i++) assert.equal(sender.trySend(i), true)
  await Promise.all(tasks)
  assert.deepEqual(log, [0, 1, 2, 3])
})

test('decision 5: sleepers wake in the order of their times, and of their going to sleep', async () => {
  const log: string[] = []
  await run(function* () {
    const sleeper = (name: string, ms: number) =>
      function* () {
        yield* sleep(ms)
        log.push(name)
      }
    spawn(sleeper('c', 25))
    spawn(sleeper('a', 2))
    spawn(sleeper('d', 25))
    spawn(sleeper('b', 2))
  })
  assert.deepEqual(log, ['a', 'b', 'c', 'd'])
})
