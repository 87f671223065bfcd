import { Deque } from 'omakase'

// A producer and a consumer share a queue of ten places, and nobody schedules them but a coordinator: each is
// a generator that works as long as it can and yields when it cannot. 36 items, ten at a time.

const PLACES = 10
const ITEMS = 36
const queue = new Deque<number>([], PLACES)

function* produce() {
  for (let item = 1; item <= ITEMS; item++) {
    queue.push(item)
    if (queue.length < PLACES) continue
    console.log('queue full')
    yield
  }
}

function* consume() {
  for (;;) {
    const items = []
    while (queue.length > 0) items.push(queue.shift())
    console.log('consumed', ...items)
    console.log('queue empty')
    yield
  }
}

const producer = produce()
const consumer = consume()
let isProducing = true
while (isProducing) {
  console.log('producing')
  isProducing = !producer.next().done
  console.log('consuming')
  consumer.next()
}

// Prints:
//   producing
//   queue full
//   consuming
//   consumed 1 2 3 4 5 6 7 8 9 10
//   queue empty
//   producing
//   queue full
//   consuming
//   consumed 11 12 13 14 15 16 17 18 19 20
//   queue empty
//   producing
//   queue full
//   consuming
//   consumed 21 22 23 24 25 26 27 28 29 30
//   queue empty
//   producing
//   consuming
//   consumed 31 32 33 34 35 36
//   queue empty
