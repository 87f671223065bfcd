import { co, run, sleep } from 'omakase'
import { say } from '../say.js'

// A coroutine is driven in the same four ways, by the runtime: it is sent what it waited for, it is thrown
// the error of what it waited for, its return value goes to its caller, and to close it is to cancel its
// task. Each frame is closed before the next one out, however long its `finally` takes, and nothing else of
// them runs.

const ask = co(function* () {
  yield* sleep(100)
  return 'an answer'
})

const fail = co(function* () {
  yield* sleep(100)
  throw new Error('no answer')
})

const level = co(function* (depth: number, question: typeof ask): Generator<any, string> {
  const name = `level ${depth}`
  try {
    const heard = yield* depth < 3 ? level(depth + 1, question) : question()
    say(name, 'goes on')
    return `${heard}, ${name}`
  } catch (error) {
    say(name, 'caught', (error as Error).message)
    return `${name} is fine`
  } finally {
    yield* sleep(10)
    say(name, 'finally')
  }
})

say('-- sent:')
say(await run(level(1, ask)))

say('-- thrown:')
say(await run(level(1, fail)))

say('-- closed:')
await run(function* () {
  const task = run(level(1, ask))
  yield* sleep(50)
  task.cancel('no longer needed')
  say((yield* task.settled()).status)
})

// Prints:
//   0.000 -- sent:
//   0.100 level 3 goes on
//   0.110 level 3 finally
//   0.110 level 2 goes on
//   0.120 level 2 finally
//   0.120 level 1 goes on
//   0.130 level 1 finally
//   0.130 an answer, level 3, level 2, level 1
//   0.130 -- thrown:
//   0.230 level 3 caught no answer
//   0.240 level 3 finally
//   0.240 level 2 goes on
//   0.250 level 2 finally
//   0.250 level 1 goes on
//   0.260 level 1 finally
//   0.260 level 3 is fine, level 2, level 1
//   0.260 -- closed:
//   0.320 level 3 finally
//   0.330 level 2 finally
//   0.340 level 1 finally
//   0.340 cancelled
