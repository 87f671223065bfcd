import { performance } from 'node:perf_hooks'
import { channel, forever, run, Semaphore, scope, sleep, spawn, wait } from 'omakase'
import { say } from '../say.js'

// Whoever waits costs nothing: no busy loop. While 4,000 tasks wait, in four ways, for a whole second, the event loop
// turns as often as for the one timer that ends it.

function turns(): number {
  return performance.nodeTiming.uvMetricsInfo.loopCount
}

await run(() =>
  scope(function* (everybody) {
    const [sender, receiver] = channel<string>()
    const semaphore = new Semaphore(1)
    yield* semaphore.acquire()
    for (let i = 0; i < 1000; i++) {
      spawn(() => sleep(3_600_000))
      spawn(() => receiver.receive())
      spawn(() => semaphore.acquire())
      spawn(() => wait(new Promise(() => {})))
    }
    yield* sleep(100) // they have all begun to wait

    const before = turns()
    yield* sleep(1000)
    say(turns() - before <= 2 ? 'the loop slept' : 'the loop was busy')
    sender.close()
    everybody.cancel()
    yield* forever()
  }),
).settled()

// Prints:
//   1.133 the loop slept
