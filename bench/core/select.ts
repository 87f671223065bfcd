import { Effect, Fiber, TxQueue } from 'effect'
import { channel, type Receiver, run, type Sender, select as selectOmakase, spawn } from 'omakase'
import { each } from '../harness/clock.js'
import { peer } from '../harness/peer.js'
import type { Row } from '../harness/row.js'
import { Handover } from './handover.js'

const N = 100_000
const SOURCES = 4

/** One producer that gives to each source in turn, one consumer that takes from whichever has something. */
export const select: Row = {
  name: 'select',
  job: 'one item through a select over 4 channels without room',
  unit: 'ns',
  baseline: 'promise',
  contestants: {
    promise: each(N, async n => {
      const sources = Array.from({ length: SOURCES }, () => new Handover<number>())
      const produce = async () => {
        for (let i = 0; i < n; i++) await sources[i % SOURCES]!.give(i)
      }
      const consume = async () => {
        let sum = 0
        for (let i = 0; i < n; i++) sum += await Handover.takeAny(sources)
        return sum
      }
      check(n, (await Promise.all([consume(), produce()]))[0])
    }),
    omakase: each(N, async n => {
      const sum = await run(function* () {
        const senders: Sender<number>[] = []
        const receivers: Receiver<number>[] = []
        for (let i = 0; i < SOURCES; i++) {
          const [sender, receiver] = channel<number>()
          senders.push(sender)
          receivers.push(receiver)
        }
        const [a, b, c, d] = receivers as [
          Receiver<number>,
          Receiver<number>,
          Receiver<number>,
          Receiver<number>,
        ]
        spawn(function* () {
          for (let i = 0; i < n; i++) yield* senders[i % SOURCES]!.send(i)
        })
        let sum = 0
        for (let i = 0; i < n; i++) {
          const { value } = yield* selectOmakase({
            a: a.receive(),
            b: b.receive(),
            c: c.receive(),
            d: d.receive(),
          })
          sum += value
        }
        return sum
      })
      check(n, sum)
    }),
    Effect: each(5_000, async n => {
      const sum = await Effect.runPromise(
        Effect.gen(function* () {
          const queues: TxQueue.TxQueue<number>[] = []
          for (let i = 0; i < SOURCES; i++) queues.push(yield* TxQueue.bounded<number>(1))
          const producer = yield* Effect.forkChild(
            Effect.gen(function* () {
              for (let i = 0; i < n; i++) yield* TxQueue.offer(queues[i % SOURCES]!, i)
            }),
          )
          const takeAny = Effect.tx(
            Effect.gen(function* () {
              for (const queue of queues) {
                const item = yield* TxQueue.poll(queue)
                if (item._tag === 'Some') return item.value
              }
              return yield* Effect.txRetry
            }),
          )
          let sum = 0
          for (let i = 0; i < n; i++) sum += yield* takeAny
          yield* Fiber.join(producer)
          return sum
        }),
      )
      check(n, sum)
    }),
    Go: peer('Go', 'select', N),
  },
}

function check(n: number, sum: number): void {
  if (sum !== (n * (n - 1)) / 2) throw new Error(`the items add up to ${sum}`)
}
