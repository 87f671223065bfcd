import { now } from 'omakase'
import { say } from '../say.js'

// What an event loop is: a queue of calls, and a list of calls for later. It calls what is in the queue; what
// is added meanwhile waits for the next round, so that nobody is starved. Where the queue is empty, it sleeps
// until the first of the later calls is due. A task is a generator that puts its own next step into the
// queue.

type Call = () => void

let queue: Call[] = []
const later: { at: number; call: Call }[] = []

function callSoon(call: Call): void {
  queue.push(call)
}

function callLater(ms: number, call: Call): void {
  later.push({ at: now() + ms, call })
  later.sort((a, b) => a.at - b.at)
}

function createTask(coroutine: Iterator<void>): void {
  callSoon(function step() {
    if (!coroutine.next().done) callSoon(step)
  })
}

const never = new Int32Array(new SharedArrayBuffer(4))

function runForever(): void {
  while (queue.length > 0 || later.length > 0) {
    if (queue.length === 0) Atomics.wait(never, 0, 0, Math.max(0, later[0]!.at - now()))
    while (later.length > 0 && later[0]!.at <= now()) callSoon(later.shift()!.call)
    const round = queue
    queue = []
    for (const call of round) call()
  }
}

function* anything(i: number) {
  for (let step = 1; step <= 3; step++) {
    say(`task ${i}, step ${step}`)
    yield
  }
}

for (const i of [1, 2, 3]) createTask(anything(i))
callLater(2000, () => say('later'))
callSoon(() => {
  say('soon')
  callSoon(() => say('in the next round'))
})
runForever()

// Prints:
//   0.000 task 1, step 1
//   0.000 task 2, step 1
//   0.000 task 3, step 1
//   0.000 soon
//   0.000 task 1, step 2
//   0.000 task 2, step 2
//   0.000 task 3, step 2
//   0.000 in the next round
//   0.000 task 1, step 3
//   0.000 task 2, step 3
//   0.000 task 3, step 3
//   2.000 later
