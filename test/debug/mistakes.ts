import {
  all,
  channel,
  checkpoint,
  co,
  defer,
  forever,
  on,
  race,
  run,
  type Scope,
  scope,
  sleep,
  spawn,
  use,
} from 'omakase'
import { block } from '../core/turns.js'

/** A program of its own, run by the tests of R45 in debug mode: makes the mistake that it is asked for. */
const helper = co(function* helper() {
  yield* sleep(1)
})

function* bare() {
  yield* sleep(1)
}

const swallower = co(function* swallower() {
  let rounds = 0
  while (rounds < 2) {
    try {
      yield* sleep(rounds === 0 ? 1000 : 1) // line: swallower
    } finally {
      rounds++
      // biome-ignore lint/correctness/noUnsafeFinally: the mistake
      if (rounds < 2) continue
      rounds++
    }
  }
})

const returner = co(function* returner() {
  try {
    yield* sleep(1000)
  } finally {
    // biome-ignore lint/correctness/noUnsafeFinally: the mistake
    return 'kept'
  }
})

const cutFinally = co(function* cutFinally() {
  try {
    yield* checkpoint()
  } finally {
    yield* sleep(1000) // line: cutFinally
  }
})

const tidy = co(function* tidy() {
  try {
    yield* sleep(1000)
  } finally {
    for (const ms of [0, 1]) {
      if (ms === 0) continue
      yield* sleep(ms)
    }
  }
})

const cancelling = co(function* cancelling(body: () => any): any {
  try {
    yield* scope(function* (inner: Scope) {
      spawn(body)
      yield* sleep(2)
      inner.cancel()
      yield* forever()
    })
  } catch {}
})

const mistakes: Record<string, () => unknown> = {
  none: () =>
    run(function* main() {
      const [sender, receiver] = channel<number>()
      spawn(function* () {
        yield* sender.send(1)
        sender.close()
      })
      yield* receiver.receive()
      yield* receiver.next()
      yield* race([checkpoint(), helper()])
      yield* all([helper(), sleep(1)])
      yield* use(
        () => 1,
        () => helper(),
      )
      for (const _ of bareData()) yield* checkpoint()
      yield* cancelling(tidy)
    }),
  'a blocking step': () =>
    run(
      function* () {
        yield* sleep(300)
        block(600)
      },
      { name: 'crunch' }, // line: blocking
    ),
  'a call that is forgotten': () =>
    run(function* main() {
      helper() // line: forgotten call
      yield* checkpoint()
    }),
  'an operation that is forgotten': () =>
    run(function* main() {
      sleep(5) // line: forgotten operation
      yield* checkpoint()
    }),
  'a scope that is forgotten': () =>
    run(function* main() {
      scope(helper) // line: forgotten scope
      yield* checkpoint()
    }),
  'a call outside of any task': () => {
    helper() // line: forgotten outside
  },
  'a bare generator': () =>
    run(function* main() {
      yield* bare() // line: bare
    }),
  'a task that is left': () => {
    run(function* main() {
      yield* scope(
        // line: left scope
        function* () {
          spawn(() => forever(), { name: 'left' }) // line: left task
        },
        { name: 'open' },
      )
    })
  },
  'many tasks that are left': () => {
    run(function* main() {
      for (let i = 0; i < 100; i++) spawn(() => forever(), { name: `worker ${i}` }) // line: left workers
      yield* forever()
    })
  },
  'a swallowed cancellation': () => run(() => cancelling(swallower)),
  'a cancellation that a return swallows': () => run(() => cancelling(returner)),
  'a finally that is cut': () => run(() => cancelling(cutFinally)),
  'a receiver that stays open': () =>
    run(function* main() {
      on(new EventTarget(), 'event') // line: receiver
      yield* checkpoint()
    }),
  'cleanup that lasts': async () => {
    const { debugMode } = await import('omakase/debug')
    debugMode({ slowCleanup: 20 })
    await run(
      function* main() {
        defer(function* closing() {
          yield* sleep(500)
        })
      },
      { name: 'cleaner' }, // line: cleanup
    )
  },
  'an error that crosses tasks': () =>
    run(function* main() {
      yield* scope(function* () {
        spawn(helperThatFails) // line: failing task
        yield* forever()
      })
    }).then(null, error => console.error(error.stack)),
}

function* helperThatFails() {
  yield* sleep(1)
  throw new Error('failed')
}

function* bareData() {
  yield 1
}

await mistakes[process.argv[2]!]!()
