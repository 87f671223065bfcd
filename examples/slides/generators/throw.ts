// An error can be thrown into a generator, at the `yield` where it stands. Caught there, it goes on; else it
// is over, and the error comes out at whoever threw it.

function* patient() {
  try {
    for (;;) {
      try {
        yield 'waiting'
      } catch (error) {
        if (!(error instanceof RangeError)) throw error
        console.log('caught:', error.message)
      }
    }
  } finally {
    console.log('finally')
  }
}

const generator = patient()
console.log(generator.next())
console.log(generator.throw(new RangeError('too far')))
try {
  generator.throw(new Error('enough'))
} catch (error) {
  console.log('out again:', (error as Error).message)
}
console.log(generator.next())

// Prints:
//   { value: 'waiting', done: false }
//   caught: too far
//   { value: 'waiting', done: false }
//   finally
//   out again: enough
//   { value: undefined, done: true }
