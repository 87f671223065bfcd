import { run } from 'omakase'

/** A program of its own, run by the tests of R2: a root that fails while nobody looks. */
run(function* lonely() {
  throw new TypeError('nobody looked')
})
