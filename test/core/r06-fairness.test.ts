import assert from 'node:assert/strict'
import { connect, createServer } from 'node:net'
import { test } from 'node:test'
import {
  all,
  type Co,
  channel,
  checkpoint,
  co,
  moveOnAfter,
  run,
  Semaphore,
  scope,
  shield,
  sleep,
  spawn,
  suspend,
  timeout,
  use,
  wait,
} from 'omakase'

/** Something that is ready whenever it is asked for. */
const ready: Record<string, () => () => Co<unknown>> = {
  'checkpoint()': () => checkpoint,
  'sleep(0)': () => () => sleep(0),
  'sends and receives that find their place': () => {
    const [sender, receiver] = channel<number>(1)
    return co(function* () {
      yield* sender.send(1)
      yield* receiver.receive()
    })
  },
  'an unlocked semaphore': () => {
    const semaphore = new Semaphore(1)
    return co(function* () {
      yield* semaphore.acquire()
      semaphore.release()
    })
  },
  'a semaphore with()': () => {
    const semaphore = new Semaphore(1)
    return () => semaphore.with(() => {})
  },
  'an empty scope': () => () => scope(() => {}),
  'an empty timeout': () => () => timeout(10_000, function* () {}),
  'an empty moveOnAfter': () => () => moveOnAfter(10_000, function* () {}),
  'a scope with a child': () => () =>
    scope(function* () {
      spawn(function* () {})
    }),
  'a shield around a checkpoint': () => () => shield(() => checkpoint()),
  'a resource': () => () =>
    scope(() =>
      use(
        () => 1,
        () => {},
      ),
    ),
  'all of nothing': () => () => all([]),
  'all of something': () => () => all([() => 1, function* () {}]),
  'a task that has ended': () => {
    const task = run(() => 1)
    return co(function* () {
      return yield* task
    })
  },
  'settled() of a task that has ended': () => {
    const task = run(() => 1)
    return () => task.settled()
  },
  'a child after the other': () =>
    co(function* () {
      yield* spawn(function* () {})
    }),
  'a promise that is resolved': () => () => wait(Promise.resolve(1)),
  'a promise made on the spot': () => () => wait(async () => 1),
  'a suspend that resumes in place': () => () => suspend<void>(resume => resume()),
  'a suspend that a microtask resumes': () => () => suspend<void>(resume => queueMicrotask(resume)),
  'a root task after the other': () =>
    co(function* () {
      yield* run(function* () {})
    }),
}

/**
 * Ends by itself where the loop is starved, so that the test fails and does not hang. In time of the processor: on a
 * busy machine a turn may take any time.
 */
function patience(): () => boolean {
  const start = process.cpuUsage()
  return () => process.cpuUsage(start).user > 3_000_000
}

for (const [name, make] of Object.entries(ready)) {
  test(`R6: ${name}, for ever, does not hold up a timer`, async () => {
    let fired = false
    setTimeout(() => {
      fired = true
    }, 3)
    const gone = patience()
    const operation = make()
    await run(function* () {
      while (!fired && !gone()) yield* operation()
    })
    assert.ok(fired)
  })

  test(`R6: ${name}, for ever, in many tasks, does not hold up an immediate or a timer`, async () => {
    let fired = 0
    setTimeout(() => {
      fired++
    }, 3)
    setImmediate(() => {
      fired++
    })
    const gone = patience()
    await run(function* () {
      for (let i = 0; i < 50; i++) {
        const operation = make()
        spawn(function* () {
          while (fired < 2 && !gone()) yield* operation()
        })
      }
    })
    assert.equal(fired, 2)
  })
}

for (const [name, make] of Object.entries(ready)) {
  test(`R6: ${name}, for ever, is ended by a deadline and by a cancel`, async () => {
    const gone = patience()
    const operation = make()
    const endless = function* () {
      while (!gone()) yield* operation()
      return 'never'
    }
    assert.equal(await moveOnAfter(3, endless), undefined)
    const task = run(endless)
    setTimeout(() => task.cancel(), 3)
    assert.equal((await task.settled()).status, 'cancelled')
  })
}

test('R6: a socket is served while tasks have work without end', async () => {
  const server = createServer(socket => {
    socket.pipe(socket)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const socket = connect(port, '127.0.0.1')
  let answers = 0
  socket.on('data', () => {
    answers++
    if (answers < 5) socket.write('ping')
  })
  socket.write('ping')
  const gone = patience()
  await run(function* () {
    for (let i = 0; i < 3; i++) {
      spawn(function* () {
        while (answers < 5 && !gone()) yield* checkpoint()
      })
    }
  })
  socket.destroy()
  server.close()
  assert.equal(answers, 5)
})

test('R6: coroutines that async code awaits one after the other do not hold up a timer', async () => {
  let fired = false
  setTimeout(() => {
    fired = true
  }, 3)
  const gone = patience()
  const nothing = co(function* () {})
  while (!fired && !gone()) await nothing()
  assert.ok(fired)
})

test('R6: tasks that spawn their successors do not hold up a timer', async () => {
  let fired = false
  setTimeout(() => {
    fired = true
  }, 3)
  const gone = patience()
  await run(() =>
    scope(function* (home) {
      const next = function* () {
        if (!fired && !gone()) home.spawn(next)
      }
      home.spawn(next)
    }),
  )
  assert.ok(fired)
})

test('R6: sleeping tasks wake while others have work without end', async () => {
  let woken = 0
  const gone = patience()
  await run(function* () {
    for (let i = 0; i < 20; i++) {
      spawn(function* () {
        yield* sleep(1 + (i % 5))
        woken++
      })
    }
    spawn(function* () {
      while (woken < 20 && !gone()) yield* scope(() => {})
    })
  })
  assert.equal(woken, 20)
})
