import { Effect } from 'effect'
import {
  run as runEffection,
  sleep as sleepEffection,
  spawn as spawnEffection,
  suspend as suspendEffection,
} from 'effection'
import { forever, run, sleep, spawn } from 'omakase'

// bytes-child WHO N: starts so many waiting tasks and prints how much heap each of them holds.
const HOUR = 3_600_000

let begun = 0

/** The parents, and of promises what can still wake them: what nothing can wake would be collected. */
const held: unknown[] = []

async function waitAsync() {
  begun++
  await new Promise(resolve => held.push(resolve))
}

async function sleepAsync() {
  begun++
  await new Promise(resolve => setTimeout(resolve, HOUR))
}

function* wait() {
  begun++
  yield* forever()
}

function* sleepOne() {
  begun++
  yield* sleep(HOUR)
}

const effect = (operation: Effect.Effect<unknown>) =>
  Effect.gen(function* () {
    begun++
    yield* operation
  })

function* waitEffection() {
  begun++
  yield* suspendEffection()
}

function* sleepOneEffection() {
  begun++
  yield* sleepEffection(HOUR)
}

function startOmakase(child: typeof wait, n: number): void {
  held.push(
    run(function* () {
      for (let i = 0; i < n; i++) spawn(child)
      yield* forever()
    }),
  )
}

function startEffect(child: Effect.Effect<unknown>, n: number): void {
  held.push(
    Effect.runFork(
      Effect.gen(function* () {
        for (let i = 0; i < n; i++) yield* Effect.forkChild(child)
        yield* Effect.never
      }),
    ),
  )
}

function startEffection(child: typeof waitEffection, n: number): void {
  held.push(
    runEffection(function* () {
      for (let i = 0; i < n; i++) yield* spawnEffection(child)
      yield* suspendEffection()
    }),
  )
}

const start: { readonly [who: string]: (n: number) => void } = {
  promise(n) {
    for (let i = 0; i < n; i++) waitAsync()
  },
  'promise-timer'(n) {
    for (let i = 0; i < n; i++) sleepAsync()
  },
  omakase: n => startOmakase(wait, n),
  'omakase-timer': n => startOmakase(sleepOne, n),
  Effect: n => startEffect(effect(Effect.never), n),
  'Effect-timer': n => startEffect(effect(Effect.sleep(HOUR)), n),
  Effection: n => startEffection(waitEffection, n),
  'Effection-timer': n => startEffection(sleepOneEffection, n),
}

const who = process.argv[2]!
const n = Number(process.argv[3])
// Code that is compiled on the first use is no part of a task.
start[who]!(100)
await until(100)
const before = heap()
start[who]!(n)
await until(100 + n)
process.stdout.write(String((heap() - before) / n))
process.exit()

async function until(count: number): Promise<void> {
  while (begun < count) await new Promise(resolve => setTimeout(resolve, 10))
}

function heap(): number {
  for (let i = 0; i < 3; i++) globalThis.gc!()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
