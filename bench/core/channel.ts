import { Effect, Fiber, Queue } from 'effect'
import { createQueue, run as runEffection, spawn as spawnEffection } from 'effection'
import { channel as makeChannel, run, spawn } from 'omakase'
import { each } from '../harness/clock.js'
import { peer } from '../harness/peer.js'
import type { Row } from '../harness/row.js'
import { AsyncQueue } from './async-queue.js'

const N = 512_000
const CAPACITY = 64

/** One producer, one consumer, every item sent and received by itself. */
export const channel: Row = {
  name: 'channel',
  job: 'one item through a channel of 64',
  unit: 'ns',
  baseline: 'promise',
  limit: { of: ['omakase'], ratio: 2, to: 'Go' },
  contestants: {
    promise: each(N, async n => {
      const queue = new AsyncQueue<number>(CAPACITY)
      const produce = async () => {
        for (let i = 0; i < n; i++) await queue.put(i)
      }
      const consume = async () => {
        let sum = 0
        for (let i = 0; i < n; i++) sum += await queue.take()
        return sum
      }
      check(n, (await Promise.all([consume(), produce()]))[0])
    }),
    omakase: each(N, async n => {
      const sum = await run(function* () {
        const [sender, receiver] = makeChannel<number>(CAPACITY)
        spawn(function* () {
          for (let i = 0; i < n; i++) yield* sender.send(i)
        })
        let sum = 0
        for (let i = 0; i < n; i++) sum += yield* receiver.receive()
        return sum
      })
      check(n, sum)
    }),
    Effect: each(N, async n => {
      const sum = await Effect.runPromise(
        Effect.gen(function* () {
          const queue = yield* Queue.bounded<number>(CAPACITY)
          const producer = yield* Effect.forkChild(
            Effect.gen(function* () {
              for (let i = 0; i < n; i++) yield* Queue.offer(queue, i)
            }),
          )
          let sum = 0
          for (let i = 0; i < n; i++) sum += yield* Queue.take(queue)
          yield* Fiber.join(producer)
          return sum
        }),
      )
      check(n, sum)
    }),
    // Its queues have no bound: the producer waits after every 64 items until the consumer has had them.
    Effection: each(N, async n => {
      const sum = await runEffection(function* () {
        const items = createQueue<number, never>()
        const had = createQueue<void, never>()
        yield* spawnEffection(function* () {
          for (let i = 0; i < n; i++) {
            items.add(i)
            if ((i + 1) % CAPACITY === 0) yield* had.next()
          }
        })
        let sum = 0
        for (let i = 0; i < n; i++) {
          const { value } = yield* items.next()
          sum += value
          if ((i + 1) % CAPACITY === 0) had.add()
        }
        return sum
      })
      check(n, sum)
    }),
    asyncio: peer('asyncio', 'channel', 51_200),
    uvloop: peer('uvloop', 'channel', 51_200),
    trio: peer('trio', 'channel', 51_200),
    gevent: peer('gevent', 'channel', 51_200),
    Go: peer('Go', 'channel', N),
  },
}

function check(n: number, sum: number): void {
  if (sum !== (n * (n - 1)) / 2) throw new Error(`the items add up to ${sum}`)
}
