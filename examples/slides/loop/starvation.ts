import { checkpoint, co, moveOnAfter, run, sleep, spawn } from 'omakase'
import { say } from '../say.js'

// Two tasks that never rest take turns, and starve nobody: not each other, and not the timer, for which the
// event loop has to turn.

const greedy = co(function* (name: string) {
  for (let round = 1; ; round++) {
    if (round <= 3) say(name, round)
    yield* checkpoint()
  }
})

await run(() =>
  moveOnAfter(100, function* () {
    spawn(() => greedy('a'))
    spawn(() => greedy('b'))
    yield* sleep(50)
    say('the timer is heard')
  }),
)
say('the end is in time, too')

// Prints:
//   0.002 a 1
//   0.007 b 1
//   0.007 a 2
//   0.007 b 2
//   0.007 a 3
//   0.008 b 3
//   0.052 the timer is heard
//   0.103 the end is in time, too
