import { run, spawn } from 'omakase'
import { say } from '../say.js'
import { anything } from './anything.js'

// The four ways to invoke a coroutine. Outside of one: as a task, or for its result. Inside of one: the same
// two.

const outside = run(anything(1))
say('outside, as a task:', outside.state)
say('outside, for its result:', await anything(1))

await run(function* () {
  const inside = spawn(() => anything(1))
  say('inside, as a task:', inside.state)
  say('inside, for its result:', yield* anything(1))
})

// Prints:
//   0.000 outside, as a task: ready
//   0.000 1
//   0.000 1
//   1.000 outside, for its result: 1
//   1.000 inside, as a task: ready
//   1.000 1
//   1.000 1
//   2.000 inside, for its result: 1
