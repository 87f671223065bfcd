import { open } from 'node:fs/promises'
import { createServer } from 'node:http'
import { contextManager, currentTask, Lock, local, once, run, scope, use, wait, within } from 'omakase'

// The five pairs for which there are context managers. What was prepared is put back however the body ends,
// and nobody has to write `try` and `finally` for it, or can forget to.

const language = local('language', 'English')

const section = contextManager(function* (name: string) {
  console.log('enter', name)
  try {
    yield name.toUpperCase()
  } finally {
    console.log('exit', name)
  }
})

await run(function* () {
  // Open and close: of a scope.
  yield* scope(function* () {
    const file = yield* use(
      () => open(import.meta.filename),
      async file => {
        await file.close()
        console.log('closed')
      },
    )
    console.log('open, for', (yield* wait(file.stat())).isFile() ? 'a file' : 'something else')
  })

  // Lock and release: for the time of a body.
  const lock = new Lock()
  yield* lock.with(() => console.log('locked:', lock.statistics().holder === currentTask()))
  console.log('released:', lock.statistics().holder === undefined)

  // Change and reset: of what all that is called from there sees.
  yield* language.with('Japanese', () => console.log('changed to', language.get()))
  console.log('reset to', language.get())

  // Start and stop.
  yield* scope(function* () {
    const server = yield* use(
      () => createServer(),
      function* (server) {
        server.close()
        yield* once(server, 'close')
        console.log('stopped')
      },
    )
    yield* once(server.listen(0), 'listening')
    console.log('started:', server.listening)
  })

  // Enter and exit: whatever else, written as one function with one `yield`.
  yield* within(section('one'), name => console.log('in', name))
})

// Prints:
//   open, for a file
//   closed
//   locked: true
//   released: true
//   changed to Japanese
//   reset to English
//   started: true
//   stopped
//   enter one
//   in ONE
//   exit one
