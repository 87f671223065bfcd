import { Effect, Fiber } from 'effect'
import { run as runEffection, spawn as spawnEffection } from 'effection'
import { run, spawn } from 'omakase'
import { each } from '../harness/clock.js'
import { peer } from '../harness/peer.js'
import type { Row } from '../harness/row.js'
import { child, childAsync, childEffect, childEffection } from './child.js'

const N = 200_000
const N_EFFECTION = 10_000

/** A child after the other, each joined before the next. */
export const spawnJoin: Row = {
  name: 'spawn-join',
  job: 'spawn and join, one after the other',
  unit: 'ns',
  baseline: 'promise',
  limit: { of: ['omakase'], ratio: 2.5 },
  contestants: {
    promise: each(N, async n => {
      for (let i = 0; i < n; i++) await childAsync()
    }),
    omakase: each(N, n =>
      run(function* () {
        for (let i = 0; i < n; i++) yield* spawn(child)
      }),
    ),
    Effect: each(N, n =>
      Effect.runPromise(
        Effect.gen(function* () {
          for (let i = 0; i < n; i++) yield* Fiber.join(yield* Effect.forkChild(childEffect))
        }),
      ),
    ),
    Effection: each(N_EFFECTION, n =>
      runEffection(function* () {
        for (let i = 0; i < n; i++) yield* yield* spawnEffection(childEffection)
      }),
    ),
    asyncio: peer('asyncio', 'spawn-join', 10_000),
    uvloop: peer('uvloop', 'spawn-join', 10_000),
    trio: peer('trio', 'spawn-join', 10_000),
    gevent: peer('gevent', 'spawn-join', 10_000),
    Go: peer('Go', 'spawn-join', N),
  },
}
