import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Co,
  channel,
  checkpoint,
  co,
  forever,
  moveOnAfter,
  once,
  run,
  Semaphore,
  scope,
  sleep,
  spawn,
  suspend,
  type Task,
  timeout,
  wait,
} from 'omakase'
import { atDepths } from './depths.js'
import { gate } from './gate.js'
import { block, turns } from './turns.js'

atDepths(
  'R20: a cancel of which nothing was ever delivered changes nothing: the value counts',
  async deep => {
    const self: Task<string> = run(() =>
      deep(function* () {
        self.cancel()
        self.cancel('again')
        return 'value'
      }),
    )
    assert.deepEqual(await self.settled(), { status: 'ok', value: 'value' })
    assert.equal(self.state, 'ok')
  },
)

atDepths('R20: nor does a deadline', async deep => {
  const late = () =>
    deep(function* () {
      block(4)
      return 'value'
    })
  assert.equal(await timeout(1, late), 'value')
  assert.equal(await moveOnAfter(1, late), 'value')
  assert.equal(await scope(late, { timeout: 1 }), 'value')
  assert.equal(
    await run(function* () {
      const value = yield* timeout(1, late)
      yield* checkpoint()
      yield* sleep(1)
      return value
    }),
    'value',
  )
})

test('R20: a cancel that was not delivered to one scope is not delivered to the next', async () => {
  const log: unknown[] = []
  await run(function* () {
    log.push(
      yield* scope(function* (home) {
        home.cancel()
        return 'value'
      }),
    )
    yield* checkpoint()
    log.push('on')
  })
  assert.deepEqual(log, ['value', 'on'])
})

/** Something to wait for, how it is granted, and how one sees whether it has been taken. */
interface Grantable {
  wait(): Co<unknown>
  grant(): void
  value: unknown
  /** What is there for others, where nobody took it. */
  left?(): unknown
}

const grantables: Record<string, () => Grantable> = {
  receive: () => {
    const [sender, receiver] = channel<string>()
    return {
      wait: () => receiver.receive(),
      grant: () => void sender.trySend('item'),
      value: 'item',
    }
  },
  next: () => {
    const [sender, receiver] = channel<string>()
    return {
      wait: () => receiver.next(),
      grant: () => void sender.trySend('item'),
      value: { done: false, value: 'item' },
    }
  },
  send: () => {
    const [sender, receiver] = channel<string>()
    const taken: unknown[] = []
    return {
      wait: () => sender.send('item'),
      grant: () => taken.push(receiver.tryReceive()),
      value: undefined,
      left: () => (taken[0] === undefined ? undefined : 'taken'),
    }
  },
  acquire: () => {
    const semaphore = new Semaphore(1)
    semaphore.tryAcquire()
    return {
      wait: () => semaphore.acquire(),
      grant: () => semaphore.release(),
      value: undefined,
      left: () => (semaphore.tryAcquire() ? 'free' : 'taken'),
    }
  },
  suspend: () => {
    let go!: (value: string) => void
    return {
      wait: () =>
        suspend<string>(resume => {
          go = resume
          return () => {}
        }),
      grant: () => go('value'),
      value: 'value',
    }
  },
  'once of an EventTarget': () => {
    const target = new EventTarget()
    const event = new Event('done')
    return {
      wait: () => once(target, 'done'),
      grant: () => void target.dispatchEvent(event),
      value: event,
    }
  },
}

for (const [name, make] of Object.entries(grantables)) {
  atDepths(`R20: a ${name} that was granted when the cancel arrives completes`, async deep => {
    const { wait, grant, value, left } = make()
    const log: unknown[] = []
    const task = run(() =>
      deep(function* () {
        log.push(yield* wait())
        log.push('still goes on')
        yield* checkpoint()
        log.push('never')
      }),
    )
    await turns(10)
    grant()
    task.cancel()
    assert.equal((await task.settled()).status, 'cancelled')
    assert.deepEqual(log, [value, 'still goes on'])
    if (left !== undefined) assert.equal(left(), 'taken')
  })

  test(`R20: a ${name} that was granted, and was the last thing, gives its value`, async () => {
    const { wait, grant, value } = make()
    const task = run(function* () {
      return yield* wait()
    })
    await turns()
    grant()
    task.cancel()
    assert.deepEqual(await task.settled(), { status: 'ok', value })
  })

  test(`R20: a ${name} that is cancelled before it is granted has not happened`, async () => {
    const { wait, grant, left } = make()
    const log: unknown[] = []
    const task = run(function* () {
      log.push(yield* wait())
    })
    await turns()
    task.cancel()
    grant()
    assert.equal((await task.settled()).status, 'cancelled')
    assert.deepEqual(log, [])
    if (left !== undefined) assert.notEqual(left(), 'taken')
  })

  test(`R20: a ${name} whose scope is cancelled as it is granted: the value counts for the scope, too`, async () => {
    const { wait, grant, value } = make()
    let cancel!: () => void
    const task = run(() =>
      scope(function* (home) {
        cancel = () => home.cancel()
        return yield* wait()
      }),
    )
    await turns()
    grant()
    cancel()
    assert.deepEqual(await task, value)
  })
}

for (const first of ['fulfilment', 'cancel']) {
  test(`R20: a promise and a cancel, the ${first} first`, async () => {
    const log: unknown[] = []
    let resolve!: (value: string) => void
    const promise = new Promise<string>(done => {
      resolve = done
    })
    const cancel = () => self.cancel()
    if (first === 'cancel') void promise.then(cancel)
    const self: Task<void> = run(function* () {
      log.push(yield* wait(promise))
      yield* checkpoint()
      log.push('never')
    })
    await turns()
    if (first !== 'cancel') void promise.then(cancel)
    resolve('value')
    assert.equal((await self.settled()).status, 'cancelled')
    assert.deepEqual(log, first === 'cancel' ? [] : ['value'])
  })
}

for (const first of ['end', 'cancel']) {
  test(`R20: a join and a cancel, the ${first} first`, async () => {
    const log: unknown[] = []
    const [ends, cancels] = [gate(), gate()]
    const target = run(function* () {
      yield* ends.wait()
      return 'value'
    })
    const joiner = run(function* () {
      log.push(yield* target)
      yield* checkpoint()
      log.push('never')
    })
    const canceller = run(function* () {
      yield* cancels.wait()
      joiner.cancel()
    })
    await turns()
    for (const next of first === 'end' ? [ends, cancels] : [cancels, ends]) next.open()
    await canceller
    assert.equal((await joiner.settled()).status, 'cancelled')
    assert.deepEqual(log, first === 'end' ? ['value'] : [])
  })
}

test('R20: the item of a sender that was cancelled is never received', async () => {
  const [sender, receiver] = channel<string>()
  const tasks = ['a', 'b', 'c', 'd'].map(item => run(() => sender.send(item)))
  await turns()
  tasks[0]!.cancel()
  tasks[2]!.cancel()
  assert.deepEqual(receiver.tryReceive(), { value: 'b' })
  assert.deepEqual(receiver.tryReceive(), { value: 'd' })
  assert.equal(receiver.tryReceive(), undefined)
  for (const task of tasks) await task.settled()
  assert.deepEqual(
    tasks.map(task => task.state),
    ['cancelled', 'ok', 'cancelled', 'ok'],
  )
})

test('R20: an item goes past the receivers that were cancelled, to the next in the queue', async () => {
  const [sender, receiver] = channel<string>()
  const got: string[] = []
  const tasks = [0, 1, 2, 3].map(i =>
    run(function* () {
      got.push(`${i}: ${yield* receiver.receive()}`)
    }),
  )
  await turns()
  tasks[0]!.cancel()
  tasks[2]!.cancel()
  assert.equal(sender.trySend('x'), true)
  assert.equal(sender.trySend('y'), true)
  assert.equal(sender.trySend('z'), false)
  for (const task of tasks) await task.settled()
  assert.deepEqual(got, ['1: x', '3: y'])
})

test('R20: a permit goes past the waiters that were cancelled, and is not lost', async () => {
  const semaphore = new Semaphore(1)
  semaphore.tryAcquire()
  const got: number[] = []
  const tasks = [0, 1, 2].map(i =>
    run(function* () {
      yield* semaphore.acquire()
      got.push(i)
    }),
  )
  await turns()
  tasks[0]!.cancel()
  semaphore.release()
  tasks[2]!.cancel()
  for (const task of tasks) await task.settled()
  assert.deepEqual(got, [1])
  semaphore.release()
  assert.equal(semaphore.tryAcquire(), true)
})

test('R20: with() gives its permit back wherever the cancel finds it', async () => {
  const semaphore = new Semaphore(1)
  const body = co(function* () {
    yield* sleep(1)
    yield* sleep(1)
  })
  for (const moment of [0, 1, 2, 3]) {
    const first = run(() => semaphore.with(body))
    const second = run(() => semaphore.with(body))
    if (moment > 0) await turns(moment)
    if (moment === 2) await new Promise(resolve => setTimeout(resolve, 2))
    second.cancel()
    first.cancel()
    await first.settled()
    await second.settled()
    assert.equal(semaphore.tryAcquire(), true)
    assert.equal(semaphore.tryAcquire(), false)
    semaphore.release()
  }
})

test('R20: the listener of a once that was cancelled is gone', async () => {
  const { EventEmitter } = await import('node:events')
  const emitter = new EventEmitter()
  const task = run(() => once(emitter, 'done'))
  await turns()
  assert.ok(emitter.listenerCount('done') > 0)
  task.cancel()
  await task.settled()
  assert.equal(emitter.listenerCount('done'), 0)
  assert.equal(emitter.listenerCount('error'), 0)
})

test('R20: resume after the cancel, fail after it, and both twice, are ignored', async () => {
  let go!: (value: string) => void
  let no!: (error: unknown) => void
  let aborts = 0
  const log: unknown[] = []
  const task = run(function* () {
    try {
      log.push(
        yield* suspend<string>((resume, fail) => {
          go = resume
          no = fail
          return () => {
            aborts++
          }
        }),
      )
    } catch (error) {
      log.push(error)
    } finally {
      yield* checkpoint()
      log.push('finally')
    }
  })
  await turns()
  task.cancel()
  go('late')
  no(new Error('late'))
  go('later')
  await turns()
  no(new Error('later'))
  assert.equal((await task.settled()).status, 'cancelled')
  assert.deepEqual(log, ['finally'])
  assert.equal(aborts, 1)
})

for (const how of ['resume', 'fail'] as const) {
  test(`R20: an abort function that answers with ${how}: that counts, and the cancel comes at the next checkpoint`, async () => {
    const log: unknown[] = []
    const task = run(function* () {
      try {
        log.push(
          yield* suspend<string>((resume, fail) => () => {
            if (how === 'resume') resume('answer')
            else fail('answer')
          }),
        )
      } catch (error) {
        log.push(error)
      }
      yield* checkpoint()
      log.push('never')
    })
    await turns()
    task.cancel()
    assert.equal((await task.settled()).status, 'cancelled')
    assert.deepEqual(log, ['answer'])
  })
}

test('R20: an abort function is not called for what was granted', async () => {
  let aborts = 0
  let go!: () => void
  const task = run(function* () {
    yield* suspend<void>(resume => {
      go = () => resume()
      return () => {
        aborts++
      }
    })
    yield* checkpoint()
  })
  await turns()
  go()
  task.cancel()
  await task.settled()
  assert.equal(aborts, 0)
})

test('R20: a failure that was granted when the cancel arrives is thrown, the cancel comes after it', async () => {
  let no!: (error: unknown) => void
  const log: unknown[] = []
  const error = new Error('granted')
  const task = run(function* () {
    try {
      yield* suspend((_, fail) => {
        no = fail
        return () => {}
      })
    } catch (caught) {
      log.push(caught)
    }
    log.push('on')
    yield* checkpoint()
    log.push('never')
  })
  await turns()
  no(error)
  task.cancel()
  assert.equal((await task.settled()).status, 'cancelled')
  assert.deepEqual(log, [error, 'on'])
})

test('R20: of a thousand tasks that are cancelled while an item is handed round, each has one or the other', async () => {
  const [sender, receiver] = channel<number>()
  let received = 0
  const tasks = Array.from({ length: 1000 }, () =>
    run(function* () {
      yield* receiver.receive()
      received++
    }),
  )
  await turns()
  let sent = 0
  for (const [i, task] of tasks.entries()) {
    if (i % 3 === 0 && sender.trySend(i)) sent++
    if (i % 2 === 0) task.cancel()
  }
  let ok = 0
  let cancelled = 0
  for (const task of tasks) {
    if (task.state === 'waiting') task.cancel()
    const { status } = await task.settled()
    if (status === 'ok') ok++
    if (status === 'cancelled') cancelled++
  }
  assert.equal(ok, sent)
  assert.equal(received, sent)
  assert.equal(ok + cancelled, 1000)
  assert.equal(sender.trySend(0), false)
})

test('R20: a timer of a sleep that was cancelled does not wake anybody', async () => {
  const log: string[] = []
  await run(function* () {
    const child = spawn(function* () {
      try {
        yield* sleep(20)
        log.push('never')
      } finally {
        yield* moveOnAfter(30, forever)
        log.push('finally')
      }
    })
    yield* checkpoint()
    child.cancel()
    yield* child.settled()
  })
  assert.deepEqual(log, ['finally'])
})
