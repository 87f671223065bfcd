// A generator can be sent values: what `next` is given is what the `yield` at which it stands gives. It
// cannot be given to the first one, since it stands at no `yield` yet.

function* average(): Generator<number | undefined, string, number> {
  let sum = 0
  let count = 0
  try {
    while (count < 3) {
      const received = yield count === 0 ? undefined : sum / count
      sum += received
      count++
    }
    return `${sum / count} in the end`
  } finally {
    console.log(`finally, after ${count}`)
  }
}

const generator = average()
console.log(generator.next(1000)) // runs to the first yield; the 1000 goes nowhere
for (const value of [10, 20, 60]) console.log('sent', value, 'got', generator.next(value))

// Prints:
//   { value: undefined, done: false }
//   sent 10 got { value: 10, done: false }
//   sent 20 got { value: 15, done: false }
//   finally, after 3
//   sent 60 got { value: '30 in the end', done: true }
