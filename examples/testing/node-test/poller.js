import { channel, co, defer, retry, sleep, spawn, use } from 'omakase'

const EVERY_MS = 60_000

/**
 * Asks a source for its price once a minute and sends each new one. A source that fails is asked again: after one
 * second, two, four. The connection is closed however the poller ends.
 */
export const poll = co(function* (connect, prices) {
  defer(() => prices.close())
  const connection = yield* use(connect, each => each.close())
  let last
  for (;;) {
    const price = yield* retry(() => connection.ask(), { attempts: 4, delay: 1000, jitter: false })
    if (price !== last) yield* prices.send(price)
    last = price
    yield* sleep(EVERY_MS)
  }
})

/** How many of the prices that a poller sends in so many minutes are above a limit. */
export const countAbove = co(function* (limit, minutes, connect) {
  const [sender, receiver] = channel(1)
  const poller = spawn(() => poll(connect, sender))
  let count = 0
  const counter = spawn(function* () {
    for (;;) {
      const item = yield* receiver.next()
      if (item.done) return
      if (item.value > limit) count++
    }
  })
  yield* sleep(minutes * 60_000)
  poller.cancel()
  yield* counter
  return count
})
