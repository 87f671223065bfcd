// Closing a generator runs its `finally`, and nothing else of it: `return()`, or a loop that is left early.
// One that has not begun has nothing to clean up. But a generator may refuse: a `yield` in its `finally` is
// an answer like any other, and whoever closed it has to look.

function* file(name: string) {
  console.log('open', name)
  try {
    for (let line = 1; ; line++) yield `${name}:${line}`
  } finally {
    console.log('close', name)
  }
}

const notes = file('notes')
console.log(notes.next())
console.log(notes.return())
console.log(notes.next())

for (const line of file('letters')) {
  console.log(line)
  break
}

file('never read').return()

function* stubborn() {
  try {
    yield 'working'
  } finally {
    yield 'not yet'
    console.log('now')
  }
}

const generator = stubborn()
console.log(generator.next())
console.log(generator.return())
console.log(generator.next())

// Prints:
//   open notes
//   { value: 'notes:1', done: false }
//   close notes
//   { value: undefined, done: true }
//   { value: undefined, done: true }
//   open letters
//   letters:1
//   close letters
//   { value: 'working', done: false }
//   { value: 'not yet', done: false }
//   now
//   { value: undefined, done: true }
