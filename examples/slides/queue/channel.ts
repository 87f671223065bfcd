import { channel, EndError, run, spawn } from 'omakase'

// The same with a channel of ten places, and without a coordinator: sending waits where the queue is full,
// receiving where it is empty, and the end is seen. Whoever waits is served first: the item that found the
// queue full takes the first free place, and the one that a waiting consumer gets needs none.

const PLACES = 10
const ITEMS = 36

await run(function* () {
  const [sender, receiver] = channel<number>(PLACES)

  spawn(function* () {
    for (let item = 1; item <= ITEMS; item++) {
      if (sender.trySend(item)) continue
      console.log('queue full, with', item, 'in hand')
      yield* sender.send(item)
    }
    sender.close()
  })

  try {
    for (;;) {
      const items = [yield* receiver.receive()]
      for (let more = receiver.tryReceive(); more; more = receiver.tryReceive()) items.push(more.value)
      console.log('consumed', ...items)
      console.log('queue empty')
    }
  } catch (error) {
    if (!(error instanceof EndError)) throw error
    console.log('the end')
  }
})

// Prints:
//   queue full, with 12 in hand
//   consumed 1 2 3 4 5 6 7 8 9 10 11 12
//   queue empty
//   queue full, with 24 in hand
//   consumed 13 14 15 16 17 18 19 20 21 22 23 24
//   queue empty
//   queue full, with 36 in hand
//   consumed 25 26 27 28 29 30 31 32 33 34 35 36
//   queue empty
//   the end
