import { all, co, run, sleep, spawn } from 'omakase'
import { say, seconds } from '../say.js'

// Waiting for all of them takes as long as the slowest. Each returns its number and when it was done.

const anything = co(function* (i: number) {
  say(i)
  yield* sleep(i * 1000)
  return `${i}, done at ${seconds()}`
})

for (const result of await run(() => all([1, 2, 3].map(i => anything(i))))) say(result)

// The same with tasks that are joined later.
await run(function* () {
  const tasks = [1, 2, 3].map(i => spawn(() => anything(i)))
  for (const task of tasks) say(yield* task)
})

// Prints:
//   0.000 1
//   0.000 2
//   0.000 3
//   3.000 1, done at 1.000
//   3.000 2, done at 2.000
//   3.000 3, done at 3.000
//   3.000 1
//   3.000 2
//   3.000 3
//   4.000 1, done at 4.000
//   5.000 2, done at 5.000
//   6.000 3, done at 6.000
