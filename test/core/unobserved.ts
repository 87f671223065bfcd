import { checkpoint, co, defer, forever, moveOnAfter, run, sleep, spawn } from 'omakase'
import { block } from './turns.js'

/** A program of its own, run by the tests of R2: prints what the platform reports as unhandled, by case. */
const turn = () => new Promise(resolve => setImmediate(resolve))

function failing(error: unknown) {
  return run(function* () {
    yield* checkpoint()
    throw error
  })
}

const cases: Record<string, () => unknown> = {
  'a failed root': () => {
    failing('error')
  },
  'a root that fails at its first step': () => {
    run(() => {
      throw 'error'
    })
  },
  'an async root': () => {
    run(async () => {
      throw 'error'
    })
  },
  'undefined thrown': () => {
    failing(undefined)
  },
  'two roots': () => {
    failing('one')
    failing('two')
  },
  'a root of which only the state was looked at': async () => {
    const task = failing('error')
    await turn()
    void task.state
  },
  'a failed child of a root': () => {
    run(function* () {
      spawn(() => {
        throw 'child'
      })
      yield* forever()
    })
  },
  'a cancelled root whose cleanup fails': () => {
    run(function* () {
      defer(() => {
        throw 'cleanup'
      })
      yield* forever()
    }).cancel()
  },
  'a root that fails with a cancelled task that it joined': () => {
    run(function* () {
      const child = spawn(forever)
      child.cancel('joined')
      yield* child
    })
  },
  'a root in a root': async () => {
    await run(function* () {
      failing('inner')
    })
  },
  'a root whose joiner was cancelled before': async () => {
    await run(function* () {
      const task = run(function* () {
        yield* checkpoint()
        yield* checkpoint()
        yield* checkpoint()
        throw 'nobody is left'
      })
      const joiner = spawn(function* () {
        yield* task
      })
      yield* checkpoint()
      joiner.cancel()
      yield* joiner.settled()
    })
  },
  'a root whose settled() was cancelled before': async () => {
    await run(function* () {
      const task = run(function* () {
        yield* sleep(20)
        throw 'nobody is left'
      })
      yield* moveOnAfter(1, () => task.settled())
    })
  },
  'a cancelled root': () => {
    run(forever).cancel('reason')
  },
  'a root cancelled later': async () => {
    const task = run(forever)
    await turn()
    task.cancel(new Error('reason'))
  },
  'a root that its signal cancelled': () => {
    run(forever, { signal: AbortSignal.abort() })
  },
  'an awaited root': async () => {
    await failing('error').then(null, () => {})
  },
  'a root that is settled': async () => {
    await failing('error').settled()
  },
  'a root that is settled, and fails after long work': async () => {
    const task = run(() => {
      block(5)
      throw 'error'
    })
    await task.settled()
  },
  'a root that is joined': async () => {
    const task = failing('error')
    await run(function* () {
      try {
        yield* task
      } catch {}
    })
  },
  'a root that a coroutine settles': async () => {
    const task = failing('error')
    await run(function* () {
      yield* task.settled()
    })
  },
  'a root that failed in the turn in which it is awaited': async () => {
    const task = run(() => {
      throw 'error'
    })
    await null
    await task.then(null, () => {})
  },
  'a promise made with then': () => {
    failing('error').then(() => {})
  },
  'a coroutine awaited without a handler': () => {
    co(function* () {
      throw 'error'
    })().then(() => {})
  },
}

let reported: unknown[] = []
process.on('unhandledRejection', error => reported.push(error === undefined ? 'undefined' : error))

const results: Record<string, unknown> = {}
for (const [name, start] of Object.entries(cases)) {
  reported = []
  await start()
  for (let i = 0; i < 5; i++) await turn()
  await new Promise(resolve => setTimeout(resolve, name.includes('settled() was cancelled') ? 30 : 0))
  await turn()
  results[name] = reported.map(error =>
    typeof error === 'string' ? error : `${(error as Error).name}: ${(error as { reason?: unknown }).reason}`,
  )
}
console.log(JSON.stringify(results))
