import { defer, once, race, sleep } from 'omakase'
import { main } from 'omakase/node'

const name = `worker ${process.argv[2]}`

function* work() {
  defer(() => console.log(name, 'cleans up'))
  defer(({ status }) => console.log(name, 'is', status))
  for (;;) {
    console.log(name, 'works')
    yield* sleep(3000)
  }
}

// Until Ctrl-C, or until the process that started this one is gone.
main(() => race([work, once(process, 'disconnect')]))
