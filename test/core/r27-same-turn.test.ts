import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MessageChannel } from 'node:worker_threads'
import {
  all,
  channel,
  checkpoint,
  forever,
  moveOnAfter,
  run,
  type ScopeError,
  scope,
  sleep,
  spawn,
  suspend,
  timeout,
  wait,
} from 'omakase'
import { atDepths } from './depths.js'
import { afterJump, paused } from './stepping-clock.js'
import { block } from './turns.js'

atDepths(
  'R27: a sleep wins over a timeout that falls due in the same turn, whichever was due first',
  async deep => {
    const slept = (limit: number, ms: number) => () =>
      timeout(limit, () =>
        deep(function* () {
          yield* sleep(ms)
          return ms
        }),
      )
    const exit = await afterJump(20, () => all([slept(5, 9), slept(9, 5), slept(5, 5)]))
    assert.deepEqual(exit, { status: 'ok', value: [9, 5, 5] })
  },
)

test('R27: a sleep as long as its timeout wins', async () => {
  for (const ms of [0, 1, 3]) {
    const { ended } = await paused(() =>
      timeout(ms, function* () {
        yield* sleep(ms)
        return 'slept'
      }),
    )
    assert.deepEqual(await ended(), { status: 'ok', value: 'slept' })
  }
})

test('R27: a native timer and a promise that follows from it win', async () => {
  const values = await run(() =>
    all([
      timeout(5, () =>
        suspend<string>(resume => {
          const timer = setTimeout(resume, 8, 'callback')
          return () => clearTimeout(timer)
        }),
      ),
      timeout(5, () => {
        const promise = new Promise(resolve => setTimeout(resolve, 8))
        const later = promise.then(() => {}).then(() => 'promise')
        block(20)
        return wait(later)
      }),
    ]),
  )
  assert.deepEqual(values, ['callback', 'promise'])
})

test('R27: a message that lies ready when the timeout falls due wins', async () => {
  const { port1, port2 } = new MessageChannel()
  const value = await run(() =>
    timeout(3, () =>
      suspend<string>(resume => {
        port2.once('message', resume)
        port1.postMessage('message')
        block(8)
        return () => {}
      }),
    ),
  )
  port1.close()
  assert.equal(value, 'message')
})

test('R27: what a woken task does later in that turn does not win', async () => {
  const log: string[] = []
  const exit = await afterJump(20, () =>
    timeout(8, function* () {
      yield* sleep(4)
      log.push('woken')
      yield* sleep(1)
      log.push('second sleep')
    }),
  )
  assert.ok(exit.status === 'failed')
  assert.equal((exit.error as Error).name, 'TimeoutError')
  assert.deepEqual(log, ['woken'])
})

test('R27: nor does an operation of the woken task that is ready at once', async () => {
  const log: string[] = []
  const [sender, receiver] = channel<string>(1)
  sender.trySend('ready')
  const exit = await afterJump(20, () =>
    timeout(8, function* () {
      yield* sleep(4)
      log.push('woken')
      log.push(yield* receiver.receive())
    }),
  )
  assert.ok(exit.status === 'failed')
  assert.deepEqual(log, ['woken'])
  assert.deepEqual(receiver.tryReceive(), { value: 'ready' })
})

test('R27: a woken task that returns without another checkpoint gives its value', async () => {
  const exit = await afterJump(20, () =>
    timeout(8, function* () {
      yield* sleep(4)
      return 'value'
    }),
  )
  assert.deepEqual(exit, { status: 'ok', value: 'value' })
})

test('R27: what another woken task would send later in that turn does not win, and is not eaten', async () => {
  const log: string[] = []
  const [sender, receiver] = channel<string>(1)
  await afterJump(20, function* () {
    spawn(function* () {
      yield* sleep(4)
      yield* sender.send('item')
      log.push('sent')
    })
    try {
      log.push(yield* timeout(8, receiver.receive()))
    } catch (error) {
      log.push((error as Error).name)
    }
  })
  assert.deepEqual(log.sort(), ['TimeoutError', 'sent'])
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
      const exit = await afterJump(20, () =>
        timeout(outer, () =>
          deep(function* () {
            try {
              yield* timeout(inner, forever)
            } catch {
              log.push('caught between them')
            }
            log.push('went on between them')
          }),
        ),
      )
      assert.ok(exit.status === 'failed')
      assert.match(String(exit.error), new RegExp(`TimeoutError.* ${outer} ms`))
      assert.deepEqual(log, [])
    },
  )
}

test('R27: an outer timeout that passes while the inner one cleans up throws', async () => {
  const log: string[] = []
  const { ended } = await paused(() =>
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
  )
  const exit = await ended()
  assert.ok(exit.status === 'failed')
  assert.match(String(exit.error), /TimeoutError.* 6 ms/)
  assert.deepEqual(log, ['cleaned up'])
})

test('R27: an outer moveOnAfter and an inner timeout that have both passed give undefined', async () => {
  const log: string[] = []
  const exit = await afterJump(20, () =>
    moveOnAfter(8, function* () {
      try {
        yield* timeout(4, forever)
      } catch {
        log.push('caught')
      }
      return 'went on'
    }),
  )
  assert.deepEqual(exit, { status: 'ok', value: undefined })
  assert.deepEqual(log, [])
})

test('R27: where only the inner timeout has passed, it throws inside the outer one', async () => {
  const log: string[] = []
  const { ended } = await paused(() =>
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
  await ended()
  assert.deepEqual(log, ['TimeoutError', 'went on'])
})

test('R27: a deadline of a scope behaves as a timeout does', async () => {
  const exit = await afterJump(20, () =>
    scope(
      function* () {
        yield* sleep(9)
        return 'slept'
      },
      { timeout: 5 },
    ),
  )
  assert.deepEqual(exit, { status: 'ok', value: 'slept' })
})

test('R27: a sleep and a deadline in different tasks of one scope: what was granted is not taken back', async () => {
  const error = new Error('woken')
  const exit = await afterJump(20, () =>
    timeout(5, function* () {
      spawn(function* () {
        yield* sleep(9)
        throw error
      })
      yield* forever()
    }),
  )
  assert.ok(exit.status === 'failed')
  assert.ok((exit.error as ScopeError).errors.includes(error))
})
