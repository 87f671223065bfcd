import { forever, moveOnAfter, run, spawn } from 'omakase'
import { block } from '../block.js'
import { say } from '../say.js'

// What blocks, blocks everybody: the second call waits for the first, the third for both, and even the stop,
// which was to come after two seconds, waits for all three. (../debug/slow-step.ts shows who it was.)

await run(() =>
  moveOnAfter(2000, function* () {
    for (const i of [1, 2, 3])
      spawn(() => {
        say(i)
        block(i * 1000)
      })
    yield* forever()
  }),
)
say('stop')

// Prints:
//   0.000 1
//   1.000 2
//   3.000 3
//   6.000 stop
