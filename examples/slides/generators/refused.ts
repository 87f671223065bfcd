// Why delegation alone makes no coroutines: a `finally` that has to wait answers the `return()` with a
// `yield`. When that wait is over, the callers go on as if nobody had closed them.

function* inner() {
  try {
    yield 'working'
  } finally {
    yield 'closing, which takes a while'
    console.log('closed')
  }
}

function* outer() {
  yield* inner()
  console.log('this line runs, although it was told to stop')
}

const generator = outer()
console.log(generator.next())
console.log(generator.return())
console.log(generator.next())

// Prints:
//   { value: 'working', done: false }
//   { value: 'closing, which takes a while', done: false }
//   closed
//   this line runs, although it was told to stop
//   { value: undefined, done: true }
