import { forever, moveOnAfter, run, spawn } from 'omakase'
import { block } from '../block.js'
import { say } from '../say.js'

// What blocks, blocks everybody: the second call waits for the first, the third for both, and even the stop,
// which was to come after two seconds, waits for all three. Debug mode says who it was.

function anything(i: number) {
  say(i)
  block(i * 1000)
}

await run(() =>
  moveOnAfter(2000, function* () {
    for (const i of [1, 2, 3]) spawn(() => anything(i), { name: `anything(${i})` })
    yield* forever()
  }),
)
say('stop')

// Prints:
//   0.000 1
//   1.000 2
//   3.000 3
//   6.000 stop

// With OMAKASE_DEBUG=1 it says as well:
//   omakase: Executing "anything(1)" #2 has taken more than 0.100 seconds by now, and still blocks the event loop
//   omakase: Executing "anything(1)" #2 took 1.002 seconds, spawned at examples/slides/loop/blocking.ts:15:32; nothing else could run meanwhile
//   omakase: Executing "anything(2)" #3 has taken more than 0.100 seconds by now, and still blocks the event loop
//   omakase: Executing "anything(2)" #3 took 2.002 seconds, spawned at examples/slides/loop/blocking.ts:15:32; nothing else could run meanwhile
//   omakase: Executing "anything(3)" #4 has taken more than 0.100 seconds by now, and still blocks the event loop
//   omakase: Executing "anything(3)" #4 took 3.000 seconds, spawned at examples/slides/loop/blocking.ts:15:32; nothing else could run meanwhile
