import { all, co, moveOnAfter, run, sleep, wait } from 'omakase'
import { say } from '../say.js'

// Generator coroutines and native ones are equal: they run side by side under one scheduler, wait for each
// other, and are cancelled alike. The native one hears of that by its signal, which it has to pass on.

const generator = co(function* (i: number) {
  say('generator', i)
  try {
    yield* sleep(i * 1000)
    return i
  } finally {
    say('generator', i, 'ends')
  }
})

async function native(i: number, signal: AbortSignal): Promise<number> {
  say('native', i)
  try {
    await run(sleep(i * 1000), { signal })
    return i
  } finally {
    say('native', i, 'ends')
  }
}

const generatorOfNative = co(function* () {
  return yield* wait(signal => native(1, signal))
})

async function nativeOfGenerator(signal: AbortSignal): Promise<number> {
  return await run(generator(1), { signal })
}

say(
  'side by side:',
  await run(() =>
    all([generator(1), signal => native(1, signal), generator(2), signal => native(2, signal)]),
  ),
)
say('for each other:', await run(() => all([generatorOfNative(), nativeOfGenerator])))
say(
  'cancelled:',
  await run(() =>
    moveOnAfter(500, () => all([generator(1), signal => native(1, signal), nativeOfGenerator])),
  ),
)

// Prints:
//   0.000 generator 1
//   0.000 native 1
//   0.000 generator 2
//   0.000 native 2
//   1.000 generator 1 ends
//   1.000 native 1 ends
//   2.000 generator 2 ends
//   2.000 native 2 ends
//   2.000 side by side: [ 1, 1, 2, 2 ]
//   2.000 native 1
//   2.000 generator 1
//   3.000 generator 1 ends
//   3.000 native 1 ends
//   3.000 for each other: [ 1, 1 ]
//   3.000 generator 1
//   3.000 native 1
//   3.000 generator 1
//   3.500 generator 1 ends
//   3.500 generator 1 ends
//   3.500 native 1 ends
//   3.500 cancelled: undefined
