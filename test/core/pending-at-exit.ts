import { forever, on, run, spawn, suspend, wait } from 'omakase'

/** A program of its own, run by the tests of R44: nothing of this is a deadlock. */
run(forever)
run(() => on(new EventTarget(), 'event').receive())
run(() => suspend(() => {}))
run(() => wait(new Promise(() => {})))
run(function* () {
  spawn(forever)
})
