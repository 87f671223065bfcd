import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  any,
  channel,
  checkpoint,
  forever,
  moveOnAfter,
  race,
  run,
  Semaphore,
  sleep,
  spawn,
  suspend,
  timeout,
  wait,
} from 'omakase'
import { atDepths, type Gen } from './depths.js'
import { fails, raise } from './fails.js'
import { turns } from './turns.js'

for (const [name, contest] of Object.entries({ race, any })) {
  atDepths(`R36: in ${name} one that completes at once wins before the next is started`, async deep => {
    const log: string[] = []
    const value = await run(() =>
      contest([
        () =>
          deep(function* () {
            yield* forever()
            return 'slow'
          }),
        function* () {
          log.push('second')
          return 'winner'
        },
        function* () {
          log.push('third')
          return 'late'
        },
      ]),
    )
    assert.equal(value, 'winner')
    assert.deepEqual(log, ['second'])
  })

  test(`R36: ${name} steps its contestants in place, one after the other`, async () => {
    const log: string[] = []
    await run(function* () {
      spawn(() => void log.push('spawned before'))
      yield* contest(
        ['a', 'b', 'c'].map(
          each =>
            function* () {
              log.push(each)
              yield* checkpoint()
            },
        ),
      )
    })
    assert.deepEqual(log.slice(0, 4), ['a', 'b', 'c', 'spawned before'])
  })

  test(`R36: ${name} over bare receives takes one item from one channel`, async () => {
    const [sendA, a] = channel<string>(2)
    const [sendB, b] = channel<string>(2)
    sendA.trySend('a')
    sendB.trySend('b')
    const value = await run(() => contest([a.receive(), b.receive()]))
    assert.equal(value, 'a')
    assert.equal(a.tryReceive(), undefined)
    assert.deepEqual(b.tryReceive(), { value: 'b' })
  })

  test(`R36: ${name} over bare receives that wait takes one item, also where both are sent in one turn`, async () => {
    for (const firstTo of ['a', 'b']) {
      const [sendA, a] = channel<string>(2)
      const [sendB, b] = channel<string>(2)
      const task = run(() => contest([a.receive(), b.receive()]))
      await turns()
      const sends = [() => sendA.trySend('a'), () => sendB.trySend('b')]
      if (firstTo === 'b') sends.reverse()
      for (const send of sends) send()
      assert.equal(await task, firstTo)
      assert.deepEqual(firstTo === 'a' ? b.tryReceive() : a.tryReceive(), {
        value: firstTo === 'a' ? 'b' : 'a',
      })
      assert.equal(firstTo === 'a' ? a.tryReceive() : b.tryReceive(), undefined)
    }
  })

  test(`R36: ${name} over bare sends sends one item`, async () => {
    const [sendA, a] = channel<string>()
    const [sendB, b] = channel<string>()
    const task = run(() => contest([sendA.send('a'), sendB.send('b')]))
    await turns()
    assert.deepEqual(b.tryReceive(), { value: 'b' })
    assert.equal(a.tryReceive(), undefined)
    await task
  })

  test(`R36: ${name} over bare acquires takes one permit`, async () => {
    const [one, two] = [new Semaphore(1), new Semaphore(1)]
    await run(() => contest([one.acquire(), two.acquire()]))
    assert.equal(one.tryAcquire(), false)
    assert.equal(two.tryAcquire(), true)
    const task = run(() => contest([one.acquire(), two.acquire()]))
    await turns()
    two.release()
    one.release()
    await task
    assert.equal(two.tryAcquire(), false)
    assert.equal(one.tryAcquire(), true)
  })

  test(`R36: ${name} that is cancelled while it waits on bare operations leaves no waiter behind`, async () => {
    const [sendA, a] = channel<string>(1)
    const semaphore = new Semaphore(1)
    semaphore.tryAcquire()
    const task = run(() => contest([a.receive(), semaphore.acquire(), sleep(100_000)]))
    await turns()
    task.cancel()
    assert.equal((await task.settled()).status, 'cancelled')
    sendA.trySend('kept')
    assert.deepEqual(a.tryReceive(), { value: 'kept' })
    semaphore.release()
    assert.equal(semaphore.tryAcquire(), true)
  })

  test(`R36: ${name} over bare operations that was granted one when the cancel arrives completes`, async () => {
    const [send, receiver] = channel<string>(1)
    const log: unknown[] = []
    const task = run(function* () {
      log.push(yield* contest([receiver.receive(), forever()]))
      yield* checkpoint()
      log.push('after the checkpoint')
    })
    await turns()
    send.trySend('item')
    task.cancel()
    assert.equal((await task.settled()).status, 'cancelled')
    assert.deepEqual(log, ['item'])
  })

  test(`R36: ${name} over waits of every kind aborts those that lose, once`, async () => {
    let aborts = 0
    const signals: boolean[] = []
    const value = await run(() =>
      contest([
        suspend<string>(() => () => void aborts++),
        wait(new Promise<string>(() => {})),
        wait(
          signal =>
            new Promise<string>((_, reject) =>
              signal.addEventListener('abort', () => {
                signals.push(signal.aborted)
                reject(signal.reason)
              }),
            ),
        ),
        sleep(2),
      ]),
    )
    assert.equal(value, undefined)
    assert.equal(aborts, 1)
    assert.deepEqual(signals, [true])
  })

  test(`R36: every bare operation is a contestant: checkpoint, sleep, a task's end`, async () => {
    await run(function* () {
      yield* contest([checkpoint(), forever()])
      yield* contest([sleep(0), forever()])
      const child = spawn(() => 'child')
      const exit = yield* contest([child.settled(), forever()])
      assert.deepEqual(exit, { status: 'ok', value: 'child' })
    })
  })
}

test('R36: a bare operation is a body wherever one is taken', async () => {
  await run(function* () {
    yield* timeout(1000, checkpoint())
    yield* moveOnAfter(1000, sleep(0))
    yield* spawn(checkpoint())
  })
})

test('R36: the first that fails at once ends a race before the next is started', async () => {
  const log: string[] = []
  const error = new Error('first')
  await fails(
    run(() => race([() => raise(error), () => void log.push('second')])),
    error,
  )
  assert.deepEqual(log, [])
})

test('R36: one that fails at once does not end any', async () => {
  const value = await run(() =>
    any([
      () => raise(new Error('first')),
      function* (): Gen<string> {
        return 'second'
      },
    ]),
  )
  assert.equal(value, 'second')
})

test('R36: a bare receive at its end loses any, and wins a race', async () => {
  const [sendA, a] = channel<string>(1)
  const [sendB, b] = channel<string>(1)
  sendA.close()
  sendB.trySend('b')
  assert.equal(await run(() => any([a.receive(), b.receive()])), 'b')
  sendB.trySend('b again')
  await fails(
    run(() => race([a.receive(), b.receive()])),
    { name: 'EndError' },
  )
  assert.deepEqual(b.tryReceive(), { value: 'b again' })
})

test('R36: a bare operation against a body: the body that wins withdraws it', async () => {
  const [sender, receiver] = channel<string>(1)
  const value = await run(() =>
    race([
      receiver.receive(),
      function* (): Gen<string> {
        yield* checkpoint()
        return 'body'
      },
    ]),
  )
  assert.equal(value, 'body')
  sender.trySend('kept')
  assert.deepEqual(receiver.tryReceive(), { value: 'kept' })
})

test('R36: a bare operation that wins cancels a body, which cleans up first', async () => {
  const [sender, receiver] = channel<string>(1)
  const log: string[] = []
  const task = run(function* () {
    const value = yield* race([
      receiver.receive(),
      function* (): Gen<never> {
        try {
          return yield* forever()
        } finally {
          yield* sleep(1)
          log.push('cleaned up')
        }
      },
    ])
    log.push(value)
  })
  await turns()
  sender.trySend('item')
  await task
  assert.deepEqual(log, ['cleaned up', 'item'])
})

test('R25: a bare promise that was not waited for, since another had won, may reject unheard', async () => {
  const unheard: unknown[] = []
  const hear = (error: unknown) => unheard.push(error)
  process.on('unhandledRejection', hear)
  try {
    const value = await run(() => race([new Semaphore(1).acquire(), wait(Promise.reject(new Error('late')))]))
    assert.equal(value, undefined)
    await turns()
    assert.deepEqual(unheard, [])
  } finally {
    process.off('unhandledRejection', hear)
  }
})

test('R20: a contestant that cannot be taken back gives its value, and then comes the cancellation', async () => {
  const log: unknown[] = []
  const task = run(function* () {
    log.push(
      yield* race([
        wait(
          signal =>
            new Promise(resolve => signal.addEventListener('abort', () => setImmediate(resolve, 'value'))),
        ),
        forever(),
      ]),
    )
    yield* checkpoint()
    log.push('went on')
  })
  await turns()
  task.cancel()
  assert.equal((await task.settled()).status, 'cancelled')
  assert.deepEqual(log, ['value'])
})
