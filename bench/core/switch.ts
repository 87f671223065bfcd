import { Effect, Fiber } from 'effect'
import { action, type Operation, run as runEffection, spawn as spawnEffection } from 'effection'
import { checkpoint, run, spawn } from 'omakase'
import { each } from '../harness/clock.js'
import type { Row } from '../harness/row.js'

const N = 1_000_000

const resolved = Promise.resolve()

/** Turns that each of the two takes must alternate, or there was nothing to measure. */
class Turns {
  private last = -1
  private repeats = 0

  take(player: number): void {
    if (player === this.last) this.repeats++
    this.last = player
  }

  check(): void {
    if (this.repeats > 2) throw new Error(`${this.repeats} turns were taken twice in a row`)
  }
}

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
  limit: { of: ['omakase'], ratio: 1.5 },
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
  },
}
