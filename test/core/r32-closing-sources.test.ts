import assert from 'node:assert/strict'
import { EventEmitter, getEventListeners } from 'node:events'
import { test } from 'node:test'
import { BrokenError, channel, checkpoint, forEach, forever, on, run, sleep, spawn, timeout } from 'omakase'
import { atDepths } from './depths.js'
import { fails, raise } from './fails.js'
import { turn, turns } from './turns.js'

function* numbers(log: string[]) {
  try {
    for (let i = 0; ; i++) yield i
  } finally {
    log.push('closed')
  }
}

async function* asyncNumbers(log: string[]) {
  try {
    for (let i = 0; ; i++) {
      await turn()
      yield i
    }
  } finally {
    log.push('closing')
    await turns()
    log.push('closed')
  }
}

const sources = {
  'an iterable': { make: numbers, closing: ['closed'] },
  'an async iterable': { make: asyncNumbers, closing: ['closing', 'closed'] },
}

for (const [what, { make, closing }] of Object.entries(sources)) {
  for (const concurrency of [1, 3]) {
    atDepths(`R32: ${what} is closed when an item fails (concurrency ${concurrency})`, async deep => {
      const log: string[] = []
      const error = new Error('item')
      await run(() =>
        deep(function* () {
          try {
            yield* forEach(
              make(log),
              function* (i) {
                yield* checkpoint()
                if (i === 3) raise(error)
              },
              { concurrency },
            )
          } catch (thrown) {
            log.push(thrown === error ? 'thrown' : 'something else')
          }
        }),
      )
      assert.deepEqual(log, [...closing, 'thrown'])
    })
  }

  test(`R32: ${what} is closed when the task is cancelled in an item, before the task ends`, async () => {
    const log: string[] = []
    const task = run(function* () {
      yield* forEach(make(log), function* (i) {
        try {
          if (i === 2) yield* forever()
        } finally {
          if (i === 2) log.push('item unwound')
        }
      })
    })
    await turns(20)
    task.cancel()
    assert.equal((await task.settled()).status, 'cancelled')
    assert.deepEqual(log, ['item unwound', ...closing])
  })

  test(`R32: ${what} is closed when a timeout breaks it off`, async () => {
    const log: string[] = []
    await fails(
      run(() =>
        timeout(
          3,
          forEach(make(log), () => sleep(1)),
        ),
      ),
      { name: 'TimeoutError' },
    )
    assert.deepEqual(log, closing)
  })
}

test('R32: a source that has ended by itself is not closed again, and return is called once otherwise', async () => {
  let returned = 0
  const source = (length: number) => ({
    i: 0,
    [Symbol.iterator]() {
      return this
    },
    next() {
      return this.i < length
        ? { done: false as const, value: this.i++ }
        : { done: true as const, value: undefined }
    },
    return() {
      returned++
      return { done: true as const, value: undefined }
    },
  })
  await run(() => forEach(source(3), () => checkpoint()))
  assert.equal(returned, 0)
  const error = new Error('item')
  await fails(
    run(() => forEach(source(3), () => raise(error))),
    error,
  )
  assert.equal(returned, 1)
})

test('R32: an iterator without return is broken off all the same', async () => {
  const error = new Error('item')
  await fails(
    run(() =>
      forEach({ [Symbol.iterator]: () => ({ next: () => ({ done: false, value: 1 }) }) }, () => raise(error)),
    ),
    error,
  )
})

test('R32: an error that closing throws is not lost', async () => {
  const item = new Error('item')
  const closing = new Error('closing')
  function* source() {
    try {
      yield 1
    } finally {
      raise(closing)
    }
  }
  const exit = await run(() => forEach(source(), () => raise(item))).settled()
  assert.ok(exit.status === 'failed')
  const { errors } = exit.error as AggregateError
  assert.equal(errors.length, 2)
  assert.ok(errors.includes(item) && errors.includes(closing))
})

test('R32: an async source is closed also where the cancel finds it waiting for the next item', async () => {
  const log: string[] = []
  let give!: (result: IteratorResult<number>) => void
  const source = {
    [Symbol.asyncIterator]: () => ({
      next: () =>
        new Promise<IteratorResult<number>>(resolve => {
          give = resolve
        }),
      async return() {
        await turns()
        log.push('closed')
        give({ done: true, value: undefined })
        return { done: true as const, value: undefined }
      },
    }),
  }
  const task = run(() => forEach(source, () => {}))
  await turns()
  task.cancel()
  assert.equal((await task.settled()).status, 'cancelled')
  assert.deepEqual(log, ['closed'])
})

test('R32: a receiver is closed, so that its senders learn that nobody listens', async () => {
  const [sender, receiver] = channel<number>(1)
  const error = new Error('item')
  let broken: unknown
  const exit = await run(function* () {
    const producer = spawn(function* () {
      try {
        for (let i = 0; ; i++) yield* sender.send(i)
      } catch (thrown) {
        broken = thrown
      }
    })
    try {
      yield* forEach(receiver, i => {
        if (i === 3) raise(error)
      })
    } catch (thrown) {
      assert.equal(thrown, error)
    }
    yield* producer
  }).settled()
  assert.equal(exit.status, 'ok')
  assert.ok(broken instanceof BrokenError)
})

test('R32: a receiver is closed when the loop over it is cancelled while it waits', async () => {
  const [sender, receiver] = channel<number>()
  const task = run(() => forEach(receiver, () => {}))
  await turns()
  task.cancel()
  await task.settled()
  assert.throws(() => sender.trySend(1), BrokenError)
})

test('R32: breaking off a for await over a receiver closes it', async () => {
  const [sender, receiver] = channel<number>(5)
  for (let i = 0; i < 5; i++) sender.trySend(i)
  for await (const item of receiver) {
    if (item === 2) break
  }
  assert.throws(() => sender.trySend(1), BrokenError)
})

const endings: Record<string, (events: ReturnType<typeof on<unknown[]>>) => PromiseLike<unknown>> = {
  'close()': async events => events.close(),
  'breaking off a for await': async events => {
    for await (const _ of events) break
  },
  'a failing item of a forEach': async events => {
    const error = new Error('item')
    await fails(
      run(() => forEach(events, () => raise(error))),
      error,
    )
  },
  'a cancelled forEach': async events => {
    const task = run(() => forEach(events, () => forever()))
    await turns()
    task.cancel()
    await task.settled()
  },
  'a timeout around a forEach': async events => {
    await fails(
      run(() =>
        timeout(
          1,
          forEach(events, () => forever()),
        ),
      ),
      { name: 'TimeoutError' },
    )
  },
}

for (const [how, end] of Object.entries(endings)) {
  test(`R32: ${how} removes the listeners of an emitter`, async () => {
    const emitter = new EventEmitter()
    const events = on(emitter, 'tick')
    assert.equal(emitter.listenerCount('tick'), 1)
    emitter.emit('tick', 1)
    emitter.emit('tick', 2)
    await end(events)
    assert.equal(emitter.listenerCount('tick'), 0)
    assert.equal(emitter.listenerCount('error'), 0)
  })

  test(`R32: ${how} removes the listener of an EventTarget`, async () => {
    const target = new EventTarget()
    const events = on(target, 'tick')
    target.dispatchEvent(new Event('tick'))
    target.dispatchEvent(new Event('tick'))
    await end(events as never)
    assert.equal(getEventListeners(target, 'tick').length, 0)
  })
}
