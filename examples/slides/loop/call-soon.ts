import { run, sleep, spawn } from 'omakase'
import { say } from '../say.js'

// What is called soon is queued, not called: the three run, in order, when their parent waits. Two seconds
// later, in which nothing runs, the program stops.

await run(function* () {
  for (const i of [1, 2, 3]) spawn(() => say(i))
  say('all three are queued')
  yield* sleep(2000)
  say('stop')
})

// Prints:
//   0.000 all three are queued
//   0.000 1
//   0.000 2
//   0.000 3
//   2.000 stop
