import { Effect } from 'effect'
import { action, run as runEffection, sleep as sleepEffection, spawn as spawnEffection } from 'effection'
import { checkpoint, run, sleep, spawn } from 'omakase'
import { askPeer, type PeerName } from '../harness/peer.js'
import { quantile } from '../harness/quantile.js'
import type { Row } from '../harness/row.js'
import { shared } from '../harness/shared.js'

const TIMERS = 20
const DUE = 5
const BUSY = 50
/** Milliseconds that a task computes before it gives way. */
const STEP = 0.02
/** After so many milliseconds the busy end, also where the timer never came. */
const BOUND = 100

/** One timer beside the busy tasks. */
class Trial {
  private readonly start = performance.now()
  private late: number | undefined

  isOver(): boolean {
    return this.late !== undefined || performance.now() > this.start + BOUND
  }

  compute(): void {
    for (const end = performance.now() + STEP; performance.now() < end; );
  }

  fired(): void {
    // A timer of Node may come up to a millisecond early.
    this.late = Math.max(0, performance.now() - this.start - DUE)
  }

  lateness(): number {
    if (this.late === undefined) throw new Error('the timer never came')
    return this.late
  }
}

async function besideAsync(giveWay: () => Promise<unknown>): Promise<number> {
  const trial = new Trial()
  const work = async () => {
    while (!trial.isOver()) {
      trial.compute()
      await giveWay()
    }
  }
  const timer = new Promise(resolve => setTimeout(resolve, DUE)).then(() => trial.fired())
  await Promise.all([timer, ...Array.from({ length: BUSY }, work)])
  return trial.lateness()
}

async function beside(): Promise<number> {
  const trial = new Trial()
  await run(function* () {
    for (let i = 0; i < BUSY; i++)
      spawn(function* () {
        while (!trial.isOver()) {
          trial.compute()
          yield* checkpoint()
        }
      })
    yield* sleep(DUE)
    trial.fired()
  })
  return trial.lateness()
}

async function besideEffect(): Promise<number> {
  const trial = new Trial()
  const work = Effect.gen(function* () {
    while (!trial.isOver()) {
      trial.compute()
      yield* Effect.yieldNow
    }
  })
  await Effect.runPromise(
    Effect.gen(function* () {
      for (let i = 0; i < BUSY; i++) yield* Effect.forkChild(work)
      yield* Effect.sleep(DUE)
      trial.fired()
    }),
  )
  return trial.lateness()
}

const turn = action<void>(resolve => {
  resolve()
  return () => {}
})

async function besideEffection(): Promise<number> {
  const trial = new Trial()
  await runEffection(function* () {
    for (let i = 0; i < BUSY; i++)
      yield* spawnEffection(function* () {
        while (!trial.isOver()) {
          trial.compute()
          yield* turn
        }
      })
    yield* sleepEffection(DUE)
    trial.fired()
  })
  return trial.lateness()
}

async function several(trial: () => Promise<number>): Promise<number[]> {
  const late: number[] = []
  for (let i = 0; i < TIMERS; i++) late.push(await trial())
  return late
}

const peers: readonly PeerName[] = ['asyncio', 'uvloop', 'trio', 'gevent', 'Go']

/** From the same trials, the lateness in the middle and the worst. */
const { median, worst } = shared(
  {
    'async, setImmediate': () =>
      several(() => besideAsync(() => new Promise(resolve => setImmediate(resolve)))),
    'async, await': () => several(() => besideAsync(async () => {})),
    omakase: () => several(beside),
    Effect: () => several(besideEffect),
    Effection: () => several(besideEffection),
    ...Object.fromEntries(
      peers.map(name => [
        name,
        async () => (await askPeer(name, 'timer', TIMERS)).map(seconds => Math.max(0, seconds * 1e3)),
      ]),
    ),
  },
  {
    median: late => quantile(late, 0.5),
    worst: late => Math.max(...late),
  },
)

export const timerMedian: Row = {
  name: 'timer',
  job: 'how late a timer of 5 ms is beside 50 busy tasks: median of 20',
  unit: 'ms',
  baseline: 'omakase',
  rounds: 5,
  contestants: median,
}

export const timerWorst: Row = {
  name: 'timer-worst',
  job: 'how late a timer of 5 ms is beside 50 busy tasks: worst of 20',
  unit: 'ms',
  baseline: 'omakase',
  rounds: 5,
  contestants: worst,
}
