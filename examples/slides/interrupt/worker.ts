import { defer, run, sleep } from 'omakase'
import { interrupted } from './interrupted.js'

const name = `worker ${process.argv[2]}`

await run(
  function* () {
    defer(() => console.log(name, 'cleans up'))
    defer(({ status }) => console.log(name, 'is', status))
    for (;;) {
      console.log(name, 'works')
      yield* sleep(3000)
    }
  },
  { signal: interrupted },
).settled()
process.exit(130)
