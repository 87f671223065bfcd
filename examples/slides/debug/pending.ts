import { forever, run, sleep, spawn } from 'omakase'
import { anything } from '../tasks/anything.js'

// A program that ends while its tasks still wait loses them. It takes some doing: nothing in omakase lets go of
// a task, so it is `process.exit` that does. Debug mode names what was lost, and where it was started.

run(function* everything() {
  for (const i of [1, 2, 3]) spawn(() => anything(i), { name: `anything(${i})` })
  yield* forever()
})
await sleep(2500)
process.exit()

// Prints:
//   0.000 1
//   0.000 2
//   0.000 3

// With OMAKASE_DEBUG=1 it says as well:
//   omakase: task "everything" is still pending at exit, spawned at examples/slides/debug/pending.ts:7:1; it waits on forever at everything (examples/slides/debug/pending.ts:9:3)
//   omakase: task "anything(3)" is still pending at exit, spawned at everything (examples/slides/debug/pending.ts:8:30); it waits on sleep at anything (examples/slides/tasks/anything.ts:7:3)
