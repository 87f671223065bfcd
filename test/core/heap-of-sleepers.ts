import { run, sleep, spawn } from 'omakase'
import { realTimers } from '#src/core/timers.js'
import { turns } from './turns.js'

/** A program of its own, run by the tests of R30 with `--expose-gc`: prints how many bytes of heap a sleeping task takes. */
const COUNT = 100_000

function* sleeper() {
  yield* sleep(1e6)
}

async function used(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    await turns()
    ;(globalThis as { gc?(): void }).gc!()
  }
  return process.memoryUsage().heapUsed
}

await run(sleeper, { name: 'warm', signal: AbortSignal.timeout(1) }).settled()
const before = await used()
const task = run(function* () {
  for (let i = 0; i < COUNT; i++) spawn(sleeper)
  yield* sleep(1e6)
})
while (realTimers.size <= COUNT) await turns(1)
console.log(Math.round(((await used()) - before) / COUNT))
task.cancel()
await task.settled()
