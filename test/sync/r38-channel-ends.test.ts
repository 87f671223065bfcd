import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  BrokenError,
  ClosedError,
  type Co,
  channel,
  checkpoint,
  EndError,
  forEach,
  type Receiver,
  run,
  spawn,
  UsageError,
} from 'omakase'
import { atDepths } from '../core/depths.js'
import { turns } from '../core/turns.js'

/** The error of an operation, and `undefined` where it succeeds. */
async function errorOf(operation: () => Co<unknown>): Promise<unknown> {
  const exit = await run(operation).settled()
  return exit.status === 'failed' ? exit.error : undefined
}

function isEnd(error: unknown): void {
  assert.ok(error instanceof EndError, String(error))
  assert.ok(error instanceof ClosedError, 'EndError is a ClosedError')
}

function isClosed(error: unknown): void {
  assert.ok(error instanceof ClosedError, String(error))
  assert.ok(!(error instanceof EndError), 'a closed end is not the end of the channel')
}

function isBroken(error: unknown): void {
  assert.ok(error instanceof BrokenError, String(error))
}

/** All that is left in a channel, as one receiver gets it. */
function drain<T>(receiver: Receiver<T>): PromiseLike<T[]> {
  return run(function* () {
    const items: T[] = []
    for (;;) {
      const result = yield* receiver.next()
      if (result.done) return items
      items.push(result.value)
    }
  })
}

for (const capacity of [1, 3, Infinity]) {
  test(`R38: when all senders are closed, receivers drain what is buffered, then end (capacity ${capacity})`, async () => {
    const [sender, receiver] = channel<number>(capacity)
    let sent = 0
    while (sent < 3 && sender.trySend(sent)) sent++
    sender.close()
    assert.deepEqual(await drain(receiver), [0, 1, 2].slice(0, sent))
    isEnd(await errorOf(() => receiver.receive()))
    assert.throws(() => receiver.tryReceive(), EndError)
    assert.deepEqual(await run(() => receiver.next()), { done: true, value: undefined })
  })
}

test('R38: the channel ends only when the last of its senders is closed', async () => {
  const [first, receiver] = channel<number>(4)
  const second = first.clone()
  first.trySend(1)
  first.close()
  assert.equal(second.trySend(2), true)
  const third = second.clone()
  second.close()
  assert.equal(third.trySend(3), true)
  assert.deepEqual([receiver.tryReceive(), receiver.tryReceive()], [{ value: 1 }, { value: 2 }])
  third.close()
  assert.deepEqual(receiver.tryReceive(), { value: 3 })
  assert.throws(() => receiver.tryReceive(), EndError)
})

test('R38: receivers that wait when the last sender closes are told so, each in its own way', async () => {
  const [sender, receiver] = channel<number>()
  const other = receiver.clone()
  const exits = [receiver.receive(), receiver.next(), other.receive()].map(wait =>
    run<unknown>(wait).settled(),
  )
  const waiting = Promise.all(exits)
  await turns()
  sender.close()
  const [first, second, third] = await waiting
  assert.ok(first?.status === 'failed')
  isEnd(first.error)
  assert.deepEqual(second, { status: 'ok', value: { done: true, value: undefined } })
  assert.ok(third?.status === 'failed')
  isEnd(third.error)
})

test('R38: senders that wait are served before the end, where their own end is still open', async () => {
  const [first, receiver] = channel<number>(1)
  const second = first.clone()
  first.trySend(0)
  const waiting = run(second.send(1))
  await turns()
  first.close()
  assert.deepEqual(receiver.tryReceive(), { value: 0 })
  assert.deepEqual(receiver.tryReceive(), { value: 1 })
  await waiting
  second.close()
  assert.throws(() => receiver.tryReceive(), EndError)
})

test('R38: closing all receivers gives BrokenError to senders that wait and to those that come', async () => {
  for (const capacity of [0, 1]) {
    const [sender, receiver] = channel<number>(capacity)
    const clone = receiver.clone()
    if (capacity === 1) sender.trySend(0)
    const waiting = [run(sender.send(1)), run(sender.clone().send(2))]
    const errors = Promise.all(waiting.map(task => errorOf(() => task as never)))
    await turns()
    receiver.close()
    await turns()
    assert.deepEqual(
      waiting.map(task => task.state),
      ['waiting', 'waiting'],
      'a receiver is left',
    )
    clone.close()
    for (const error of await errors) isBroken(error)
    isBroken(await errorOf(() => sender.send(3)))
    assert.throws(() => sender.trySend(4), BrokenError)
    isBroken(await errorOf(() => sender.clone().send(5)))
  }
})

atDepths('R38: using a closed end is a ClosedError, which can be caught', async deep => {
  const [sender, receiver] = channel<number>(2)
  const keepSending = sender.clone()
  const keepReceiving = receiver.clone()
  sender.close()
  receiver.close()
  const uses: (() => Co<unknown>)[] = [() => sender.send(1), () => receiver.receive(), () => receiver.next()]
  await run(() =>
    deep(function* () {
      for (const use of uses) {
        let error: unknown
        try {
          yield* use()
        } catch (thrown) {
          error = thrown
        }
        yield* checkpoint()
        isClosed(error)
      }
    }),
  )
  const direct = [
    () => sender.trySend(1),
    () => receiver.tryReceive(),
    () => sender.clone(),
    () => receiver.clone(),
  ]
  for (const use of direct) {
    assert.throws(use, error => {
      isClosed(error)
      return true
    })
  }
  assert.equal(keepSending.trySend(1), true)
  assert.deepEqual(keepReceiving.tryReceive(), { value: 1 })
})

test('R38: a closed end is a ClosedError also where the channel has ended or broken besides', async () => {
  const [sender, receiver] = channel<number>(1)
  sender.close()
  receiver.close()
  isClosed(await errorOf(() => sender.send(1)))
  isClosed(await errorOf(() => receiver.receive()))
  assert.throws(
    () => receiver.tryReceive(),
    error => !(error instanceof EndError) && error instanceof ClosedError,
  )
  assert.throws(() => sender.trySend(1), ClosedError)
})

test('R38: waiting on an end while it is closed is a ClosedError, for that end only', async () => {
  const [sender, receiver] = channel<number>()
  const otherReceiver = receiver.clone()
  const mine = [run(receiver.receive()), run<unknown>(receiver.next())]
  const errors = Promise.all(mine.map(task => errorOf(() => task as never)))
  const others = run(otherReceiver.receive())
  await turns()
  receiver.close()
  for (const error of await errors) isClosed(error)
  assert.equal(others.state, 'waiting')
  sender.trySend(1)
  assert.equal(await others, 1)

  const otherSender = sender.clone()
  const mySend = errorOf(() => sender.send(2))
  const otherSend = run(otherSender.send(3))
  await turns()
  sender.close()
  isClosed(await mySend)
  assert.equal(otherSend.state, 'waiting')
  assert.deepEqual(otherReceiver.tryReceive(), { value: 3 }, 'what was withdrawn is not received')
  await otherSend
})

test('R38: a receiver that closes itself while it waits does not eat what is sent in the same turn', async () => {
  const [sender, receiver] = channel<number>(1)
  const other = receiver.clone()
  const waiting = errorOf(() => receiver.receive())
  await turns()
  receiver.close()
  sender.trySend(1)
  isClosed(await waiting)
  assert.deepEqual(other.tryReceive(), { value: 1 })
})

test('R38: an item that was handed over before its receiver was closed is received', async () => {
  const [sender, receiver] = channel<number>()
  const waiting = run(receiver.receive())
  await turns()
  assert.equal(sender.trySend(1), true)
  receiver.close()
  assert.equal(await waiting, 1)
})

test('R38: closing twice is no error, and counts once', async () => {
  const [sender, receiver] = channel<number>(1)
  const other = sender.clone()
  const clone = receiver.clone()
  sender.close()
  sender.close()
  assert.equal(other.trySend(1), true)
  receiver.close()
  receiver.close()
  assert.deepEqual(clone.tryReceive(), { value: 1 })
  other.close()
  other.close()
  clone.close()
  clone.close()
})

test('R38: tryReceive gives undefined where there is nothing yet, and any value where there is one', async () => {
  const [sender, receiver] = channel<unknown>(3)
  assert.equal(receiver.tryReceive(), undefined)
  for (const value of [undefined, null, false]) sender.trySend(value)
  assert.deepEqual(
    [receiver.tryReceive(), receiver.tryReceive(), receiver.tryReceive()],
    [{ value: undefined }, { value: null }, { value: false }],
  )
  assert.equal(receiver.tryReceive(), undefined)
})

test('R38: undefined as an item is not the end', async () => {
  const [sender, receiver] = channel<undefined>(2)
  sender.trySend(undefined)
  sender.close()
  assert.deepEqual(await run(() => receiver.next()), { done: false, value: undefined })
  assert.deepEqual(await run(() => receiver.next()), { done: true, value: undefined })
})

test('R38: with a capacity of 0 an item goes from hand to hand only', async () => {
  const [sender, receiver] = channel<number>()
  assert.equal(sender.trySend(0), false)
  const sending = run(sender.send(1))
  await turns()
  assert.equal(sending.state, 'waiting')
  assert.deepEqual(receiver.tryReceive(), { value: 1 })
  await sending
  const receiving = run(receiver.receive())
  await turns()
  assert.equal(sender.trySend(2), true)
  assert.equal(await receiving, 2)
  assert.equal(sender.trySend(3), false)
})

test('R38: a sender waits only while the buffer is full', async () => {
  const [sender, receiver] = channel<number>(2)
  const sent: number[] = []
  const producer = run(function* () {
    for (let i = 0; i < 4; i++) {
      yield* sender.send(i)
      sent.push(i)
    }
    sender.close()
  })
  await turns()
  assert.deepEqual(sent, [0, 1])
  assert.deepEqual(receiver.tryReceive(), { value: 0 })
  await turns()
  assert.deepEqual(sent, [0, 1, 2])
  assert.deepEqual(await drain(receiver), [1, 2, 3])
  await producer
})

test('R38: loops over a receiver end with the channel', async () => {
  const [sender, receiver] = channel<number>(4)
  for (let i = 0; i < 3; i++) sender.trySend(i)
  sender.close()
  const clone = receiver.clone()
  const seen: number[] = []
  await run(() => forEach(receiver, item => void seen.push(item)))
  for await (const item of clone) seen.push(item)
  assert.deepEqual(seen, [0, 1, 2])
})

test('R38: a channel between many senders and receivers loses and doubles nothing', async () => {
  const received: number[] = []
  await run(function* () {
    const [sender, receiver] = channel<number>(3)
    for (let s = 0; s < 5; s++) {
      const mine = sender.clone()
      spawn(function* () {
        for (let i = 0; i < 200; i++) {
          yield* mine.send(s * 1000 + i)
          if (i % 7 === s) yield* checkpoint()
        }
        mine.close()
      })
    }
    sender.close()
    for (let r = 0; r < 4; r++) {
      const mine = receiver.clone()
      spawn(() => forEach(mine, item => void received.push(item)))
    }
    receiver.close()
  })
  assert.equal(received.length, 1000)
  assert.equal(new Set(received).size, 1000)
  for (let s = 0; s < 5; s++) {
    const ofOne = received.filter(item => Math.floor(item / 1000) === s)
    assert.deepEqual(
      ofOne,
      [...ofOne].sort((a, b) => a - b),
    )
  }
})

test('R38: a capacity that is no whole number of 0 or more is a UsageError', () => {
  for (const capacity of [-1, 1.5, Number.NaN, '2' as never]) {
    assert.throws(() => channel(capacity), UsageError)
  }
})
