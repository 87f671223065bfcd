import { Effect, Fiber } from 'effect'
import { action, type Operation, run as runEffection, spawn as spawnEffection } from 'effection'
import { checkpoint, run, spawn } from 'omakase'
import { each } from '../harness/clock.js'
import { peer } from '../harness/peer.js'
import type { Row } from '../harness/row.js'
import { Turns } from './turns.js'

const N = 1_000_000

const resolved = Promise.resolve()

async function playAsync(turns: Turns, player: number, n: number): Promise<void> {
  for (let i = 0; i < n; i++) {
    turns.take(player)
    await resolved
  }
}

function* play(turns: Turns, player: number, n: number) {
  for (let i = 0; i < n; i++) {
    turns.take(player)
    yield* checkpoint()
  }
}

const playEffect = Effect.fnUntraced(function* (turns: Turns, player: number, n: number) {
  for (let i = 0; i < n; i++) {
    turns.take(player)
    yield* Effect.yieldNow
  }
})

// Effection has no checkpoint of its own; an action that resolves at once goes through its queue like any other.
const turn = action<void>(resolve => {
  resolve()
  return () => {}
})

function* playEffection(turns: Turns, player: number, n: number): Operation<void> {
  for (let i = 0; i < n; i++) {
    turns.take(player)
    yield* turn
  }
}

/** Two tasks that give way to each other; the promise twin awaits a promise that is resolved already. */
export const switching: Row = {
  name: 'switch',
  job: 'switch between two tasks',
  unit: 'ns',
  baseline: 'promise',
  limit: { of: ['omakase'], ratio: 1.2 },
  contestants: {
    promise: each(N, async n => {
      const turns = new Turns()
      await Promise.all([playAsync(turns, 0, n / 2), playAsync(turns, 1, n / 2)])
      turns.check()
    }),
    omakase: each(N, async n => {
      const turns = new Turns()
      await run(function* () {
        spawn(() => play(turns, 0, n / 2))
        spawn(() => play(turns, 1, n / 2))
      })
      turns.check()
    }),
    Effect: each(N, async n => {
      const turns = new Turns()
      await Effect.runPromise(
        Effect.gen(function* () {
          const a = yield* Effect.forkChild(playEffect(turns, 0, n / 2))
          const b = yield* Effect.forkChild(playEffect(turns, 1, n / 2))
          yield* Fiber.joinAll([a, b])
        }),
      )
      turns.check()
    }),
    Effection: each(N, async n => {
      const turns = new Turns()
      await runEffection(function* () {
        const a = yield* spawnEffection(() => playEffection(turns, 0, n / 2))
        const b = yield* spawnEffection(() => playEffection(turns, 1, n / 2))
        yield* a
        yield* b
      })
      turns.check()
    }),
    asyncio: peer('asyncio', 'switch', 100_000),
    uvloop: peer('uvloop', 'switch', 100_000),
    trio: peer('trio', 'switch', 100_000),
    gevent: peer('gevent', 'switch', 100_000),
    Go: peer('Go', 'switch', N),
  },
}
