import { co, run, sleep } from 'omakase'

/** A program of its own, run by the tests of R45 with --expose-gc. */
const dropped = co(function* dropped() {
  yield* sleep(1)
})

await run(
  function* () {
    for (let i = 0; i < 3; i++) {
      if (i === 0) dropped()
      yield* sleep(1)
    }
  },
  { debug: true },
)
for (let i = 0; i < 5; i++) {
  globalThis.gc!()
  await new Promise(resolve => setTimeout(resolve, 1))
}
console.error('end')
