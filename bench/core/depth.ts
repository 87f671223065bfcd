import { Effect } from 'effect'
import { action, type Operation, run as runEffection } from 'effection'
import { checkpoint, co, run } from 'omakase'
import { each } from '../harness/clock.js'
import type { Row } from '../harness/row.js'

const N = 400_000
/** Effection delegates natively, so a resume passes every level. */
const N_EFFECTION = 2_000

const resolved = Promise.resolve()

async function downAsync(depth: number, n: number): Promise<void> {
  if (depth > 1) return await downAsync(depth - 1, n)
  for (let i = 0; i < n; i++) await resolved
}

const down = co(function* (depth: number, n: number): Generator<any, void, any> {
  if (depth > 1) return yield* down(depth - 1, n)
  for (let i = 0; i < n; i++) yield* checkpoint()
})

const downEffect: (depth: number, n: number) => Effect.Effect<void> = Effect.fnUntraced(function* (
  depth: number,
  n: number,
) {
  if (depth > 1) return yield* downEffect(depth - 1, n)
  for (let i = 0; i < n; i++) yield* Effect.yieldNow
})

const turn = action<void>(resolve => {
  resolve()
  return () => {}
})

function* downEffection(depth: number, n: number): Operation<void> {
  if (depth > 1) return yield* downEffection(depth - 1, n)
  for (let i = 0; i < n; i++) yield* turn
}

/** A task that waits again and again at the bottom of 1000 calls, against one that does so in its own body. */
export const depth: Row = {
  name: 'depth',
  job: 'resume at call depth 1000 against depth 1',
  unit: 'ns',
  baseline: 'omakase 1',
  limit: { of: ['omakase 1000'], ratio: 1.2 },
  contestants: {
    'omakase 1': each(N, n => run(() => down(1, n))),
    'omakase 1000': each(N, n => run(() => down(1000, n))),
    'promise 1': each(N, n => downAsync(1, n)),
    'promise 1000': each(N, n => downAsync(1000, n)),
    'Effect 1': each(N, n => Effect.runPromise(downEffect(1, n))),
    'Effect 1000': each(N, n => Effect.runPromise(downEffect(1000, n))),
    'Effection 1': each(N_EFFECTION, n => runEffection(() => downEffection(1, n))),
    'Effection 1000': each(N_EFFECTION, n => runEffection(() => downEffection(1000, n))),
  },
}
