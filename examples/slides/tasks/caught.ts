import { co, run, sleep, UsageError } from 'omakase'
import { say } from '../say.js'

// The error is thrown at the `yield*`, so the coroutine itself can catch it there, with the `try` that it has
// anyway.

const anything = co(function* (i: number) {
  say(i)
  try {
    yield* sleep(i * 1000)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    i = 0
  }
  return i
})

say(await run(anything('g' as unknown as number)))

// Prints:
//   0.000 g
//   0.000 0
