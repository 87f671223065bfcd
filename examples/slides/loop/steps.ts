import { checkpoint, co, run, spawn } from 'omakase'
import { say } from '../say.js'

// A task is stepped until it waits, then stands at the end of the queue again: the tasks take turns, in the
// order in which they were spawned. `checkpoint()` is the step that waits for nothing but its turn.

const anything = co(function* (i: number) {
  for (let step = 1; step <= 3; step++) {
    say(`task ${i}, step ${step}`)
    yield* checkpoint()
  }
})

await run(function* () {
  for (const i of [1, 2, 3]) spawn(() => anything(i))
})

// Prints:
//   0.000 task 1, step 1
//   0.000 task 2, step 1
//   0.000 task 3, step 1
//   0.000 task 1, step 2
//   0.000 task 2, step 2
//   0.000 task 3, step 2
//   0.000 task 1, step 3
//   0.000 task 2, step 3
//   0.000 task 3, step 3
