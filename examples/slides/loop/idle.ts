import { performance } from 'node:perf_hooks'
import { channel, defer, run, Semaphore, sleep, spawn, wait } from 'omakase'
import { say } from '../say.js'

// Whoever waits costs nothing: there is no busy loop. While 4,000 tasks wait for a second, in four ways, the
// event loop turns as often as for the one timer that ends it: once or twice. A busy one would turn hundreds
// of times.

function turns(): number {
  return performance.nodeTiming.uvMetricsInfo.loopCount
}

await run(function* () {
  const [, receiver] = channel<string>()
  defer(() => receiver.close())
  const semaphore = new Semaphore(1)
  yield* semaphore.acquire()
  const waits = [
    () => sleep(3_600_000),
    () => receiver.receive(),
    () => semaphore.acquire(),
    () => wait(new Promise(() => {})),
  ]
  for (let i = 0; i < 4000; i++) spawn(waits[i % 4]!, { daemon: true })
  yield* sleep(100)

  say('they all wait')
  const before = turns()
  yield* sleep(1000)
  const turned = turns() - before
  say(turned < 10 ? 'the loop slept' : `the loop turned ${turned} times`)
})

// Prints:
//   0.128 they all wait
//   1.134 the loop slept
