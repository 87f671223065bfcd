import { run } from 'omakase'
import { say } from '../say.js'
import { anything } from './anything.js'

// An error inside a coroutine comes out where its task is waited for. The task keeps it.

const task = run(anything('g' as unknown as number))
try {
  say(await task)
} catch (error) {
  say(`${error}`)
}
say((await task.settled()).status)

// Prints:
//   0.000 g
//   0.000 UsageError: sleep got NaN; give milliseconds, 0 or more (Infinity for no end)
//   0.000 failed
