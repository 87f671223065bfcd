// `yield*` puts one generator in the place of another, through as many levels as there are: what the
// innermost yields comes out, what is sent or thrown goes in to it, its return value is what `yield*` gives
// one level up, and closing runs each `finally`, from the innermost out.

function* level(depth: number): Generator<string, string, string> {
  const name = `level ${depth}`
  try {
    if (depth < 3) return `${yield* level(depth + 1)}, ${name}`
    const sent = yield `${name} asks`
    return `${name} heard ${sent}`
  } catch (error) {
    console.log(name, 'caught', error)
    return `${name} is fine`
  } finally {
    console.log(name, 'finally')
  }
}

for (const answer of ['next', 'throw', 'return'] as const) {
  const generator = level(1)
  console.log(`-- ${answer}:`, generator.next().value)
  console.log(generator[answer](`"${answer}"`))
}

// Prints:
//   -- next: level 3 asks
//   level 3 finally
//   level 2 finally
//   level 1 finally
//   { value: 'level 3 heard "next", level 2, level 1', done: true }
//   -- throw: level 3 asks
//   level 3 caught "throw"
//   level 3 finally
//   level 2 finally
//   level 1 finally
//   { value: 'level 3 is fine, level 2, level 1', done: true }
//   -- return: level 3 asks
//   level 3 finally
//   level 2 finally
//   level 1 finally
//   { value: '"return"', done: true }
