import { Effect } from 'effect'
import { type Operation, run as runEffection } from 'effection'
import { co, run } from 'omakase'
import { each } from '../harness/clock.js'
import type { Row } from '../harness/row.js'

const N = 1_000_000

const addCo = co(function* (a: number, b: number) {
  return a + b
})

const addAsync = async (a: number, b: number) => a + b

const addEffect = Effect.fnUntraced(function* (a: number, b: number) {
  return a + b
})

function* addEffection(a: number, b: number): Operation<number> {
  return a + b
}

/** One helper, written the way each library has people write helpers, called in a loop. */
export const call: Row = {
  name: 'call',
  job: 'call that does not suspend',
  unit: 'ns',
  baseline: 'promise',
  limit: { of: ['omakase'], ratio: 1 },
  contestants: {
    promise: each(N, async n => {
      let sum = 0
      for (let i = 0; i < n; i++) sum = await addAsync(sum, i)
      return sum
    }),
    omakase: each(N, n =>
      run(function* () {
        let sum = 0
        for (let i = 0; i < n; i++) sum = yield* addCo(sum, i)
        return sum
      }),
    ),
    Effect: each(N, n =>
      Effect.runPromise(
        Effect.gen(function* () {
          let sum = 0
          for (let i = 0; i < n; i++) sum = yield* addEffect(sum, i)
          return sum
        }),
      ),
    ),
    Effection: each(N, n =>
      runEffection(function* () {
        let sum = 0
        for (let i = 0; i < n; i++) sum = yield* addEffection(sum, i)
        return sum
      }),
    ),
  },
}
