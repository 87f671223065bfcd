import { run, sleep } from 'omakase'
import { say } from '../say.js'
import { anything } from '../tasks/anything.js'

// A coroutine that was called and never waited for has done nothing. Debug mode says which, and where.

await run(function* () {
  anything(10)
  yield* sleep(1000)
  say('the end')
})

// Prints:
//   1.000 the end

// With OMAKASE_DEBUG=1 it says as well:
//   omakase: coroutine "anything" was never yielded from, created at examples/slides/debug/forgotten.ts:8:3; write `yield* …`
