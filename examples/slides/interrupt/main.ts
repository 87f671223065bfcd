import { type ChildProcess, fork } from 'node:child_process'
import { all, co, defer, once, use } from 'omakase'
import { main } from 'omakase/node'

// Ctrl-C reaches every process at the same moment: the four workers and this one. Each cleans up what is its
// own, in an order that nobody knows; but this one is the last, since it waits until its workers have ended,
// and lets go of them, which ends those that nobody else did (as after `kill -INT` of this process alone): not by
// a signal, since a second one ends a process at once. `main` cancels the body at the first, and exits with 130.

const worker = co(function* (number: number) {
  const child = yield* use(() => fork(new URL('worker.js', import.meta.url), [`${number}`]), stop)
  yield* once(child, 'exit')
})

function* stop(child: ChildProcess) {
  if (child.exitCode !== null || child.signalCode !== null) return
  if (child.connected) child.disconnect()
  yield* once(child, 'exit')
}

main(function* () {
  defer(() => console.log('main cleans up'))
  defer(({ status }) => console.log('main is', status))
  yield* all([1, 2, 3, 4].map(number => worker(number)))
})

// Prints, in one of many orders:
//   worker 1 works
//   worker 2 works
//   worker 4 works
//   worker 3 works
//   ^C
//   worker 2 is cancelled
//   worker 2 cleans up
//   worker 1 is cancelled
//   worker 4 is cancelled
//   worker 4 cleans up
//   worker 1 cleans up
//   worker 3 is cancelled
//   worker 3 cleans up
//   main is cancelled
//   main cleans up
