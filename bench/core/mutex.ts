import { Effect, Fiber, Semaphore } from 'effect'
import { Lock, run, spawn, suspend } from 'omakase'
import { eachAfter } from '../harness/clock.js'
import { peer } from '../harness/peer.js'
import type { Row } from '../harness/row.js'
import { AsyncLock } from './async-lock.js'
import { Turns } from './turns.js'

const N = 200_000

async function playAsync(lock: AsyncLock, turns: Turns, player: number, n: number): Promise<void> {
  for (let i = 0; i < n; i++) {
    await lock.acquire()
    turns.take(player)
    lock.release()
  }
}

function* play(lock: Lock, turns: Turns, player: number, n: number) {
  for (let i = 0; i < n; i++) {
    yield* lock.acquire()
    turns.take(player)
    lock.release()
  }
}

const playEffect = Effect.fnUntraced(function* (
  lock: Semaphore.Semaphore,
  turns: Turns,
  player: number,
  n: number,
) {
  for (let i = 0; i < n; i++) {
    yield* lock.take(1)
    turns.take(player)
    yield* lock.release(1)
  }
})

const soon = () => new Promise(resolve => setTimeout(resolve, 5))

/** Both players wait when the lock is let go, so that from then on each release hands it to the other. */
export const mutex: Row = {
  name: 'mutex',
  job: 'hand a lock over to the other of two tasks',
  unit: 'ns',
  baseline: 'promise',
  contestants: {
    promise: eachAfter(
      N,
      async n => {
        const lock = new AsyncLock()
        await lock.acquire()
        const turns = new Turns()
        const ended = Promise.all([0, 1].map(player => playAsync(lock, turns, player, n / 2)))
        return { lock, turns, ended }
      },
      async ({ lock, turns, ended }) => {
        lock.release()
        await ended
        turns.check()
      },
    ),
    omakase: eachAfter(
      N,
      async n => {
        const turns = new Turns()
        let begin = () => {}
        const ended = run(function* () {
          const lock = new Lock()
          yield* lock.acquire()
          for (const player of [0, 1]) spawn(() => play(lock, turns, player, n / 2))
          yield* suspend<void>(resolve => {
            begin = resolve
          })
          lock.release()
        })
        await soon()
        return { turns, begin, ended: () => ended }
      },
      async ({ turns, begin, ended }) => {
        begin()
        await ended()
        turns.check()
      },
    ),
    Effect: eachAfter(
      N,
      async n => {
        const turns = new Turns()
        const lock = Semaphore.makeUnsafe(1)
        await Effect.runPromise(lock.take(1))
        const ended = Effect.runPromise(
          Effect.gen(function* () {
            const a = yield* Effect.forkChild(playEffect(lock, turns, 0, n / 2))
            const b = yield* Effect.forkChild(playEffect(lock, turns, 1, n / 2))
            yield* Fiber.joinAll([a, b])
          }),
        )
        await soon()
        return { turns, lock, ended }
      },
      async ({ turns, lock, ended }) => {
        Effect.runSync(lock.release(1))
        await ended
        turns.check()
      },
    ),
    asyncio: peer('asyncio', 'mutex', 50_000),
    uvloop: peer('uvloop', 'mutex', 50_000),
    trio: peer('trio', 'mutex', 20_000),
    gevent: peer('gevent', 'mutex', 50_000),
    Go: peer('Go', 'mutex', N),
  },
}
