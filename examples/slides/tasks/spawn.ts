import { co, defer, forever, moveOnAfter, run, sleep, spawn } from 'omakase'
import { say } from '../say.js'

// Coroutines that wait do not block: all three begin at once. When the program stops, after two and a half
// seconds, the third one is not done. It is not left pending either: it is cancelled, and has cleaned up,
// before the program goes on.

const anything = co(function* (i: number) {
  say(i)
  defer(exit => say(i, exit.status))
  yield* sleep(i * 1000)
})

await run(() =>
  moveOnAfter(2500, function* () {
    for (const i of [1, 2, 3]) spawn(() => anything(i))
    yield* forever()
  }),
)
say('stop')

// Prints:
//   0.000 1
//   0.000 2
//   0.000 3
//   1.000 1 ok
//   2.000 2 ok
//   2.500 3 cancelled
//   2.500 stop
