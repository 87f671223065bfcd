import { Effect } from 'effect'
import { all as allEffection, run as runEffection } from 'effection'
import { all as allOmakase, run } from 'omakase'
import { each } from '../harness/clock.js'
import { peer } from '../harness/peer.js'
import type { Row } from '../harness/row.js'
import { child, childAsync, childEffect, childEffection } from './child.js'

const SIZE = 1_000
const N = 200_000
const N_EFFECTION = 10_000

function list<T>(make: (i: number) => T): T[] {
  return Array.from({ length: SIZE }, (_, i) => make(i))
}

/** Again and again a list of a thousand children that are run at once. */
export const all: Row = {
  name: 'all',
  job: 'all of 1,000 children; each',
  unit: 'ns',
  baseline: 'promise',
  contestants: {
    promise: each(N, async n => {
      for (let i = 0; i < n; i += SIZE) check(await Promise.all(list(childAsync)))
    }),
    omakase: each(N, n =>
      run(function* () {
        for (let i = 0; i < n; i += SIZE) check(yield* allOmakase(list(() => child)))
      }),
    ),
    Effect: each(N, n =>
      Effect.runPromise(
        Effect.gen(function* () {
          for (let i = 0; i < n; i += SIZE)
            check(
              yield* Effect.all(
                list(() => childEffect),
                { concurrency: 'unbounded' },
              ),
            )
        }),
      ),
    ),
    Effection: each(N_EFFECTION, n =>
      runEffection(function* () {
        for (let i = 0; i < n; i += SIZE) check(yield* allEffection(list(childEffection)))
      }),
    ),
    asyncio: peer('asyncio', 'all', 20_000),
    uvloop: peer('uvloop', 'all', 20_000),
    trio: peer('trio', 'all', 10_000),
    gevent: peer('gevent', 'all', 10_000),
    Go: peer('Go', 'all', N),
  },
}

function check(values: readonly number[]): void {
  const sum = values.reduce((a, b) => a + b, 0)
  if (sum !== SIZE) throw new Error(`${sum} of ${SIZE} children gave their value`)
}
