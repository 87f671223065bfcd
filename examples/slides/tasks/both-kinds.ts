import { all, co, run, sleep } from 'omakase'
import { say } from '../say.js'

// Generator coroutines and native ones are equal: they wait for each other, run side by side under one scheduler,
// and are cancelled alike. What differs is the word for waiting.

const generator = co(function* (i: number) {
  say('generator', i)
  yield* sleep(i * 1000)
  return i
})

async function native(i: number): Promise<number> {
  say('native', i)
  await sleep(i * 1000)
  return i
}

say(await run(() => all([generator(1), () => native(1), generator(2), () => native(2)])))
say(await run(() => native(1)), await generator(1))

// Prints:
//   0.000 generator 1
//   0.000 native 1
//   0.000 generator 2
//   0.000 native 2
//   2.000 [ 1, 1, 2, 2 ]
//   2.000 native 1
//   3.000 generator 1
//   4.000 1 1
