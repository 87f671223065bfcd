import { checkpoint, co, instrument, run, spawn } from 'omakase'
import { say } from '../say.js'

// A task is stepped until it waits, then stands at the end of the queue again: the tasks take turns, in the
// order in which they were spawned. `checkpoint()` waits for nothing but its turn. An instrument sees each step.

const twice = co(function* () {
  yield* checkpoint()
  yield* checkpoint()
})

const remove = instrument({ beforeStep: task => say(`${task.name}.step()`) })
await run(function* everybody() {
  for (const i of [1, 2, 3]) spawn(() => twice(), { name: `task(${i})` })
})
remove()

// Prints:
//   0.000 everybody.step()
//   0.000 task(1).step()
//   0.000 task(2).step()
//   0.000 task(3).step()
//   0.000 task(1).step()
//   0.000 task(2).step()
//   0.000 task(3).step()
//   0.000 task(1).step()
//   0.000 task(2).step()
//   0.000 task(3).step()
//   0.000 everybody.step()
