import { Effect, Fiber } from 'effect'
import { run as runEffection, spawn as spawnEffection, type Task as TaskOfEffection } from 'effection'
import { run, spawn, type Task } from 'omakase'
import { each } from '../harness/clock.js'
import { peer } from '../harness/peer.js'
import type { Row } from '../harness/row.js'
import { child, childAsync, childEffect, childEffection } from './child.js'

const N = 200_000
/** The time that Effection takes for each grows with the number: all would take half a minute. */
const N_EFFECTION = 20_000

/** All children are there at once, and all are joined by their handles. */
export const massSpawn: Row = {
  name: 'mass-spawn',
  job: 'spawn 200,000, join all; each',
  unit: 'ns',
  baseline: 'promise',
  collects: true,
  rounds: 9,
  limit: { of: ['omakase'], ratio: 2 },
  contestants: {
    promise: each(N, async n => {
      const children: Promise<number>[] = []
      for (let i = 0; i < n; i++) children.push(childAsync())
      check(n, await Promise.all(children))
    }),
    omakase: each(N, async n => {
      const values = await run(function* () {
        const children: Task<number>[] = []
        for (let i = 0; i < n; i++) children.push(spawn(child))
        const values: number[] = []
        for (const task of children) values.push(yield* task)
        return values
      })
      check(n, values)
    }),
    Effect: each(N, async n => {
      const values = await Effect.runPromise(
        Effect.gen(function* () {
          const children: Fiber.Fiber<number>[] = []
          for (let i = 0; i < n; i++) children.push(yield* Effect.forkChild(childEffect))
          return yield* Fiber.joinAll(children)
        }),
      )
      check(n, values)
    }),
    'Effection, of 20,000': each(N_EFFECTION, async n => {
      const values = await runEffection(function* () {
        const children: TaskOfEffection<number>[] = []
        for (let i = 0; i < n; i++) children.push(yield* spawnEffection(childEffection))
        const values: number[] = []
        for (const task of children) values.push(yield* task)
        return values
      })
      check(n, values)
    }),
    asyncio: peer('asyncio', 'mass-spawn', 50_000),
    uvloop: peer('uvloop', 'mass-spawn', 50_000),
    trio: peer('trio', 'mass-spawn', 50_000),
    gevent: peer('gevent', 'mass-spawn', 50_000),
    Go: peer('Go', 'mass-spawn', N),
  },
}

function check(n: number, values: readonly number[]): void {
  const sum = values.reduce((a, b) => a + b, 0)
  if (sum !== n) throw new Error(`${sum} of ${n} children gave their value`)
}
