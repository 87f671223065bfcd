import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MessageChannel } from 'node:worker_threads'
import {
  channel,
  checkpoint,
  forever,
  moveOnAfter,
  run,
  scope,
  sleep,
  spawn,
  suspend,
  timeout,
  wait,
} from 'omakase'
import { atDepths } from './depths.js'
import { fails } from './fails.js'
import { block } from './turns.js'

/** Lets everything up to `ms` fall due in one turn, once the tasks have settled down to wait. */
function blockSoon(ms: number): void {
  spawn(function* () {
    for (let i = 0; i < 10; i++) yield* checkpoint()
    block(ms)
  })
}

atDepths(
  'R27: a sleep wins over a timeout that falls due in the same turn, whichever was due first',
  async deep => {
    const values = await run(function* () {
      blockSoon(20)
      const first = spawn(() =>
        timeout(5, () =>
          deep(function* () {
            yield* sleep(9)
            return 'later than the timeout'
          }),
        ),
      )
      const second = spawn(() =>
        timeout(9, () =>
          deep(function* () {
            yield* sleep(5)
            return 'sooner'
          }),
        ),
      )
      return [yield* first, yield* second]
    })
    assert.deepEqual(values, ['later than the timeout', 'sooner'])
  },
)

test('R27: a sleep as long as its timeout wins', async () => {
  for (const ms of [0, 1, 3]) {
    assert.equal(
      await run(() =>
        timeout(ms, function* () {
          yield* sleep(ms)
          return 'slept'
        }),
      ),
      'slept',
    )
  }
})

test('R27: a native timer and a promise that follows from it win', async () => {
  const values = await run(function* () {
    blockSoon(20)
    const callback = spawn(() =>
      timeout(5, () =>
        suspend<string>(resume => {
          const timer = setTimeout(resume, 8, 'callback')
          return () => clearTimeout(timer)
        }),
      ),
    )
    const promise = spawn(() =>
      timeout(
        5,
        wait(new Promise<void>(resolve => setTimeout(resolve, 8)).then(() => {}).then(() => 'promise')),
      ),
    )
    return [yield* callback, yield* promise]
  })
  assert.deepEqual(values, ['callback', 'promise'])
})

test('R27: a message that lies ready when the timeout falls due wins', async () => {
  const { port1, port2 } = new MessageChannel()
  const value = await run(() =>
    timeout(3, function* () {
      return yield* suspend<string>(resume => {
        port2.once('message', resume)
        port1.postMessage('message')
        block(8)
        return () => {}
      })
    }),
  )
  port1.close()
  assert.equal(value, 'message')
})

test('R27: what a woken task does later in that turn does not win', async () => {
  const log: string[] = []
  await run(function* () {
    blockSoon(20)
    try {
      yield* timeout(8, function* () {
        yield* sleep(4)
        log.push('woken')
        yield* sleep(1)
        log.push('second sleep')
      })
    } catch (error) {
      log.push((error as Error).name)
    }
  })
  assert.deepEqual(log, ['woken', 'TimeoutError'])
})

test('R27: nor does an operation of the woken task that is ready at once', async () => {
  const log: string[] = []
  const [sender, receiver] = channel<string>(1)
  sender.trySend('ready')
  await run(function* () {
    blockSoon(20)
    try {
      yield* timeout(8, function* () {
        yield* sleep(4)
        log.push('woken')
        log.push(yield* receiver.receive())
      })
    } catch (error) {
      log.push((error as Error).name)
    }
  })
  assert.deepEqual(log, ['woken', 'TimeoutError'])
  assert.deepEqual(receiver.tryReceive(), { value: 'ready' })
})

test('R27: a woken task that returns without another checkpoint gives its value', async () => {
  const value = await run(function* () {
    blockSoon(20)
    return yield* timeout(8, function* () {
      yield* sleep(4)
      return 'value'
    })
  })
  assert.equal(value, 'value')
})

test('R27: what another woken task would send later in that turn does not win, and is not eaten', async () => {
  const log: string[] = []
  const [sender, receiver] = channel<string>(1)
  await run(function* () {
    blockSoon(20)
    spawn(function* () {
      yield* sleep(4)
      log.push('sent')
      yield* sender.send('item')
    })
    try {
      yield* timeout(8, receiver.receive())
    } catch (error) {
      log.push((error as Error).name)
    }
    yield* sleep(1)
  })
  assert.deepEqual([...log].sort(), ['TimeoutError', 'sent'])
  assert.deepEqual(receiver.tryReceive(), { value: 'item' })
})

for (const [outer, inner] of [
  [4, 8],
  [8, 4],
  [6, 6],
] as const) {
  atDepths(
    `R27: of timeouts of ${outer} and inside it ${inner} ms that have both passed, the outer one throws`,
    async deep => {
      const log: string[] = []
      await run(function* () {
        blockSoon(20)
        try {
          yield* timeout(outer, () =>
            deep(function* () {
              try {
                yield* timeout(inner, forever)
              } catch {
                log.push('caught between them')
              }
              log.push('went on between them')
            }),
          )
        } catch (error) {
          log.push((error as Error).name)
        }
      })
      assert.deepEqual(log, ['TimeoutError'])
    },
  )
}

test('R27: an outer timeout that passes while the inner one cleans up throws', async () => {
  const log: string[] = []
  await fails(
    run(() =>
      timeout(6, function* () {
        try {
          yield* timeout(2, function* () {
            try {
              yield* forever()
            } finally {
              yield* sleep(12)
              log.push('cleaned up')
            }
          })
        } catch {
          log.push('caught between them')
        }
        log.push('went on between them')
      }),
    ),
    { name: 'TimeoutError' },
  )
  assert.deepEqual(log, ['cleaned up'])
})

test('R27: an outer moveOnAfter and an inner timeout that have both passed give undefined', async () => {
  const log: string[] = []
  const value = await run(function* () {
    blockSoon(20)
    return yield* moveOnAfter(8, function* () {
      try {
        yield* timeout(4, forever)
      } catch {
        log.push('caught')
      }
      return 'went on'
    })
  })
  assert.equal(value, undefined)
  assert.deepEqual(log, [])
})

test('R27: where only the inner timeout has passed, it throws inside the outer one', async () => {
  const log: string[] = []
  await run(() =>
    timeout(10_000, function* () {
      try {
        yield* timeout(2, forever)
      } catch (error) {
        log.push((error as Error).name)
      }
      yield* checkpoint()
      log.push('went on')
    }),
  )
  assert.deepEqual(log, ['TimeoutError', 'went on'])
})

test('R27: a deadline of a scope behaves as a timeout does', async () => {
  const value = await run(function* () {
    blockSoon(20)
    return yield* scope(
      function* () {
        yield* sleep(9)
        return 'slept'
      },
      { timeout: 5 },
    )
  })
  assert.equal(value, 'slept')
})
