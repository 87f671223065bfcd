import { Effect, Fiber } from 'effect'
import { run as runEffection, sleep as sleepEffection, spawn as spawnEffection, type Task } from 'effection'
import { run, sleep, spawn } from 'omakase'

// sleepers-child WHO N LEAD: so many tasks sleep until one moment, LEAD milliseconds ahead. Prints how much heap each
// of them holds; how many seconds it took until all slept, and until that was measured; and from that moment on until
// all had ended.
const who = process.argv[2]!
const n = Number(process.argv[3])
const lead = Number(process.argv[4])

let asleep = 0
let started = 0
let bytes = 0
let ready = 0
let before = 0
let start = 0
let due = 0

/** Called by each before it sleeps; gives for how long. */
function rest(): number {
  if (++asleep === n) {
    started = performance.now()
    bytes = heap() - before
    ready = performance.now()
  }
  return Math.max(0, due - performance.now())
}

const sleepAsync = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

async function restAsync() {
  await sleepAsync(rest())
}

function* restOmakase() {
  yield* sleep(rest())
}

const restEffect = Effect.gen(function* () {
  yield* Effect.sleep(rest())
})

function* restEffection() {
  yield* sleepEffection(rest())
}

const all: { readonly [who: string]: () => PromiseLike<unknown> } = {
  promise: () => Promise.all(Array.from({ length: n }, restAsync)),
  omakase: () =>
    run(function* () {
      for (let i = 0; i < n; i++) spawn(restOmakase)
    }),
  Effect: () =>
    Effect.runPromise(
      Effect.gen(function* () {
        const fibers: Fiber.Fiber<void>[] = []
        for (let i = 0; i < n; i++) fibers.push(yield* Effect.forkChild(restEffect))
        yield* Fiber.joinAll(fibers)
      }),
    ),
  Effection: () =>
    runEffection(function* () {
      const tasks: Task<void>[] = []
      for (let i = 0; i < n; i++) tasks.push(yield* spawnEffection(restEffection))
      for (const task of tasks) yield* task
    }),
}

before = heap()
start = performance.now()
due = start + lead
await all[who]!()
const woken = performance.now() - due
if (asleep !== n) throw new Error(`${asleep} of ${n} slept`)
process.stdout.write([bytes, (started - start) / 1e3, (ready - start) / 1e3, woken / 1e3].join(' '))
process.exit()

function heap(): number {
  for (let i = 0; i < 3; i++) globalThis.gc!()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
