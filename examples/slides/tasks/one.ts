import { run, spawn } from 'omakase'
import { say } from '../say.js'
import { anything } from './anything.js'

// To run until one coroutine is done there are two ways, and they come to the same: make it a task and wait
// for that, or wait for the coroutine.

const task = run(anything(3))
say(await task)

say(await anything(3))

// A task may be waited for again, from anywhere; it has run once.
await run(function* () {
  const child = spawn(() => anything(1))
  say(yield* child, yield* child, yield* task)
})

// Prints:
//   0.000 3
//   3.000 3
//   3.000 3
//   6.000 3
//   6.000 1
//   7.000 1 1 3
