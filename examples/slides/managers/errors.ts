import { contextManager, run, sleep, spawn, within } from 'omakase'

// The way out of a context manager sees the error of the body, at its `yield`. It may let it pass, replace
// it, or silence it by catching it. A cancellation is no error, and cannot be silenced: there only the
// `finally` runs.

const seeing = contextManager(function* () {
  try {
    yield
  } catch (error) {
    console.log('seen:', (error as Error).message)
    throw error
  } finally {
    console.log('cleaned up')
  }
})

const silencing = contextManager(function* (kind: typeof Error) {
  try {
    yield
  } catch (error) {
    if (!(error instanceof kind)) throw error
    console.log('silenced:', error.message)
  }
})

const replacing = contextManager(function* () {
  try {
    yield
  } catch (error) {
    throw new Error('the report is not ready', { cause: error })
  }
})

function fail(): never {
  throw new RangeError('page 0')
}

await run(function* () {
  try {
    yield* within(seeing(), fail)
  } catch (error) {
    console.log('caught:', (error as Error).message)
  }

  const value = yield* within(silencing(RangeError), fail)
  console.log('after the silence:', value)

  try {
    yield* within(replacing(), () => within(silencing(SyntaxError), fail))
  } catch (error) {
    const { message, cause } = error as Error
    console.log('caught:', message, '- since:', (cause as Error).message)
  }

  const task = spawn(() => within(silencing(Error), () => within(seeing(), () => sleep(60_000))))
  yield* sleep(10)
  task.cancel()
  console.log((yield* task.settled()).status)
})

// Prints:
//   seen: page 0
//   cleaned up
//   caught: page 0
//   silenced: page 0
//   after the silence: undefined
//   caught: the report is not ready - since: page 0
//   cleaned up
//   cancelled
