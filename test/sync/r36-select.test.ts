import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  channel,
  checkpoint,
  co,
  Event,
  forever,
  run,
  Semaphore,
  select,
  sleep,
  spawn,
  suspend,
  timeout,
  wait,
} from 'omakase'
import { atDepths } from '../core/depths.js'
import { fails } from '../core/fails.js'
import { thrownBy } from '../core/thrown.js'
import { turns } from '../core/turns.js'

test('R36: select tells which operation happened, and what it gave', async () => {
  const [sender, receiver] = channel<number>(1)
  const stop = new Event()
  sender.trySend(7)
  assert.deepEqual(await run(() => select({ stop: stop.wait(), item: receiver.receive() })), {
    name: 'item',
    value: 7,
  })
  stop.set()
  assert.deepEqual(await run(() => select({ item: receiver.receive(), stop: stop.wait() })), {
    name: 'stop',
    value: undefined,
  })
})

test('the name tells the type of the value', async () => {
  const [sender, receiver] = channel<number>(1)
  sender.trySend(7)
  await run(function* () {
    const child = spawn(() => 'text')
    const got = yield* select({ item: receiver.receive(), child, stop: sleep(1) })
    if (got.name === 'item') got.value satisfies number
    else if (got.name === 'child') got.value satisfies string
    else got.name satisfies 'stop'
    assert.equal(got.name, 'item')
  })
})

test('R36: where several can happen at once, the first named does, and of the others none', async () => {
  const [sendA, a] = channel<string>(1)
  const [sendB, b] = channel<string>(1)
  sendA.trySend('a')
  sendB.trySend('b')
  const got = await run(() => select({ b: b.receive(), a: a.receive() }))
  assert.deepEqual(got, { name: 'b', value: 'b' })
  assert.deepEqual(a.tryReceive(), { value: 'a' })
})

atDepths('R36: exactly one of many operations happens, whichever comes first', async deep => {
  for (let first = 0; first < 3; first++) {
    const channels = [0, 1, 2].map(() => channel<number>(1))
    const semaphore = new Semaphore(1)
    semaphore.tryAcquire()
    const task = run(() =>
      deep(function* () {
        return yield* select({
          0: channels[0]![1].receive(),
          1: channels[1]![1].receive(),
          2: channels[2]![1].receive(),
          permit: semaphore.acquire(),
        })
      }),
    )
    await turns()
    for (let i = 0; i < 3; i++) channels[(first + i) % 3]![0].trySend(first + i)
    semaphore.release()
    assert.deepEqual(await task, { name: String(first), value: first })
    const left = channels.map(([, receiver]) => receiver.tryReceive() !== undefined)
    assert.deepEqual(
      left,
      [0, 1, 2].map(i => i !== first),
    )
    assert.equal(semaphore.tryAcquire(), true, 'no permit was eaten')
  }
})

test('R36: what the operation that came first throws is thrown, and the others are withdrawn', async () => {
  const [sender, receiver] = channel<number>()
  const [otherSender, other] = channel<number>(1)
  const task = run(() => select({ ended: receiver.receive(), other: other.receive() }))
  await turns()
  sender.close()
  await fails(task, { name: 'EndError' })
  otherSender.trySend(1)
  assert.deepEqual(other.tryReceive(), { value: 1 })
})

test('R36: a send and a receive may stand in one select, and nobody sends to himself', async () => {
  const [sender, receiver] = channel<string>()
  const task = run(() => select({ sent: sender.send('mine'), received: receiver.receive() }))
  await turns()
  assert.equal(task.state, 'waiting')
  assert.equal(sender.trySend('theirs'), true)
  assert.deepEqual(await task, { name: 'received', value: 'theirs' })
  assert.deepEqual(sender.statistics(), {
    buffered: 0,
    capacity: 0,
    senders: 1,
    receivers: 1,
    sending: 0,
    receiving: 0,
  })
})

test('R36: a task stands for its end, and its failure for an error', async () => {
  await run(function* () {
    const child = spawn(function* () {
      yield* checkpoint()
      return 'value'
    })
    const got = yield* select({ child, never: forever() })
    assert.deepEqual(got, { name: 'child', value: 'value' })
  })
  const error = new Error('child')
  const other = run(async () => {
    throw error
  })
  await fails(
    run(() => select({ other, never: forever() })),
    error,
  )
})

test('R36: sleep stands for a time limit, and sleep(0) or checkpoint() for "if nothing else is ready"', async () => {
  const [sender, receiver] = channel<number>(2)
  const poll = () => run(() => select({ item: receiver.receive(), none: sleep(0) }))
  assert.equal((await poll()).name, 'none')
  sender.trySend(1)
  assert.deepEqual(await poll(), { name: 'item', value: 1 })
  assert.equal((await run(() => select({ item: receiver.receive(), late: sleep(1) }))).name, 'late')
  sender.trySend(2)
  assert.deepEqual(receiver.tryReceive(), { value: 2 })
})

test('R36: waits that cannot be withdrawn at once are aborted, and waited for', async () => {
  let aborts = 0
  const [sender, receiver] = channel<number>(1)
  const task = run(() =>
    select({
      item: receiver.receive(),
      suspended: suspend(() => () => void aborts++),
      promise: wait(new Promise(() => {})),
      abortable: wait(
        signal =>
          new Promise((_, reject) => {
            signal.addEventListener('abort', () => {
              aborts++
              setImmediate(() => reject(signal.reason))
            })
          }),
      ),
    }),
  )
  await turns()
  sender.trySend(1)
  assert.equal(aborts, 2)
  assert.equal((await task).name, 'item')
})

test('R20: a select that was granted when the cancel arrives completes', async () => {
  const [sender, receiver] = channel<number>(1)
  const log: unknown[] = []
  const task = run(function* () {
    log.push(yield* select({ item: receiver.receive(), never: forever() }))
    yield* checkpoint()
    log.push('went on')
  })
  await turns()
  sender.trySend(1)
  task.cancel()
  assert.equal((await task.settled()).status, 'cancelled')
  assert.deepEqual(log, [{ name: 'item', value: 1 }])
})

test('R6: a loop of selects over what is always ready does not hold up a timer', async () => {
  const ready = new Event()
  ready.set()
  let isLeft = false
  const busy = run(function* () {
    while (!isLeft) yield* select({ ready: ready.wait(), never: forever() })
  })
  await new Promise(resolve => setTimeout(resolve, 2))
  isLeft = true
  await busy
})

test('select takes bare operations only: a UsageError names what is none, and nothing has begun', async () => {
  const [sender, receiver] = channel<number>(1)
  sender.trySend(1)
  const call = co(function* () {
    yield* checkpoint()
  })
  for (const wrong of [call(), timeout(1, forever()), call, () => 1, 1, null, undefined, 'text', [1], {}]) {
    const error = await thrownBy(run(() => select({ item: receiver.receive(), wrong: wrong as never })))
    assert.equal(error.name, 'UsageError')
    assert.match(error.message, /"wrong".*race\(\)/)
  }
  assert.deepEqual(receiver.tryReceive(), { value: 1 })
})

test('select over nothing is a UsageError, and so is an operation used twice', async () => {
  assert.throws(() => select({}), { name: 'UsageError', message: /give at least one operation/ })
  const [, receiver] = channel<number>()
  const receive = receiver.receive()
  assert.throws(() => select({ one: receive, two: receive }), { name: 'UsageError', message: /two names/ })
  assert.equal(receiver.statistics().receiving, 0)
})
