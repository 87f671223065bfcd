import { all, co, run, sleep } from 'omakase'
import { Timeline } from './timeline.js'

// Two requests, and what each has to wait for: two databases, the activity log, the page. In a program that
// blocks, one thing happens after the other. With coroutines the two requests overlap, and the two databases
// of each as well.

const oneByOne = co(function* (request: string, timeline: Timeline) {
  yield* timeline.span(`${request} database 1`, sleep(60))
  yield* timeline.span(`${request} database 2`, sleep(100))
  yield* timeline.span(`${request} log`, sleep(20))
  yield* timeline.span(`${request} page`, sleep(40))
})

const together = co(function* (request: string, timeline: Timeline) {
  yield* all([
    timeline.span(`${request} database 1`, sleep(60)),
    timeline.span(`${request} database 2`, sleep(100)),
  ])
  yield* timeline.span(`${request} log`, sleep(20))
  yield* timeline.span(`${request} page`, sleep(40))
})

await run(function* () {
  let timeline = new Timeline()
  yield* oneByOne('A', timeline)
  yield* oneByOne('B', timeline)
  console.log(`one after the other\n${timeline}`)

  timeline = new Timeline()
  yield* all([oneByOne('A', timeline), oneByOne('B', timeline)])
  console.log(`\nboth requests at once\n${timeline}`)

  timeline = new Timeline()
  yield* all([together('A', timeline), together('B', timeline)])
  console.log(`\nboth databases, too\n${timeline}`)
})

// Prints:
//   one after the other
//   A database 1 |██████
//   A database 2 |      ██████████
//   A log        |                ██
//   A page       |                  ████
//   B database 1 |                      ██████
//   B database 2 |                            ██████████
//   B log        |                                      ██
//   B page       |                                        ████
//                440 ms
//
//   both requests at once
//   A database 1 |██████
//   A database 2 |      ██████████
//   A log        |                ██
//   A page       |                  ████
//   B database 1 |██████
//   B database 2 |      ██████████
//   B log        |                ██
//   B page       |                  ████
//                220 ms
//
//   both databases, too
//   A database 1 |██████
//   A database 2 |██████████
//   A log        |          ██
//   A page       |            ████
//   B database 1 |██████
//   B database 2 |██████████
//   B log        |          ██
//   B page       |            ████
//                160 ms
