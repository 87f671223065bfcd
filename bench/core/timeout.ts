import { Effect } from 'effect'
import { action, type Operation, race, run as runEffection, sleep } from 'effection'
import { checkpoint, run, timeout as timeoutOmakase } from 'omakase'
import { each } from '../harness/clock.js'
import { peer } from '../harness/peer.js'
import type { Row } from '../harness/row.js'

const N = 100_000
const N_EFFECTION = 2_000
const SECOND = 1_000

const resolved = Promise.resolve()

async function workAsync(): Promise<number> {
  await resolved
  return 1
}

/** With the timer cleared: left standing, a hundred thousand of them would keep the process for a second. */
async function withTimeout<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('timeout')), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

function* work() {
  yield* checkpoint()
  return 1
}

const workEffect = Effect.gen(function* () {
  yield* Effect.yieldNow
  return 1
})

const turn = action<void>(resolve => {
  resolve()
  return () => {}
})

function* workEffection(): Operation<number> {
  yield* turn
  return 1
}

/** Work that gives way once, and has a second for it. */
export const timeout: Row = {
  name: 'timeout',
  job: 'set a timeout around work that ends before, and take it back',
  unit: 'ns',
  baseline: 'promise',
  contestants: {
    promise: each(N, async n => {
      let sum = 0
      for (let i = 0; i < n; i++) sum += await withTimeout(SECOND, workAsync())
      check(n, sum)
    }),
    omakase: each(N, async n => {
      const sum = await run(function* () {
        let sum = 0
        for (let i = 0; i < n; i++) sum += yield* timeoutOmakase(SECOND, work)
        return sum
      })
      check(n, sum)
    }),
    Effect: each(N, async n => {
      const sum = await Effect.runPromise(
        Effect.gen(function* () {
          let sum = 0
          for (let i = 0; i < n; i++) sum += yield* Effect.timeout(workEffect, SECOND)
          return sum
        }),
      )
      check(n, sum)
    }),
    Effection: each(N_EFFECTION, async n => {
      const sum = await runEffection(function* () {
        let sum = 0
        for (let i = 0; i < n; i++) sum += (yield* race([workEffection(), sleep(SECOND)])) ?? 0
        return sum
      })
      check(n, sum)
    }),
    asyncio: peer('asyncio', 'timeout', 20_000),
    uvloop: peer('uvloop', 'timeout', 20_000),
    trio: peer('trio', 'timeout', 20_000),
    gevent: peer('gevent', 'timeout', 20_000),
    Go: peer('Go', 'timeout', N),
  },
}

function check(n: number, sum: number): void {
  if (sum !== n) throw new Error(`${sum} of ${n} gave their value`)
}
