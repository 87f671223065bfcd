// A generator stops at each `yield`, and goes on when it is asked for the next value. Its return value comes
// once, at the end, marked as such; whoever asks again gets nothing.

function* words() {
  try {
    yield 'foo'
    yield 'bar'
    return 0
  } finally {
    console.log('finally')
  }
}

const generator = words()
console.log('nothing has run yet')
console.log(generator.next())
console.log(generator.next())
console.log(generator.next())
console.log(generator.next())
console.log('a loop leaves the return value out:', [...words()])

// Prints:
//   nothing has run yet
//   { value: 'foo', done: false }
//   { value: 'bar', done: false }
//   finally
//   { value: 0, done: true }
//   { value: undefined, done: true }
//   finally
//   a loop leaves the return value out: [ 'foo', 'bar' ]
