import { test } from 'node:test'
import { type Co, checkpoint, co, type Instruction } from 'omakase'

/** A body that takes no argument goes wherever bodies go. */
type Plain<T> = Co<T> | (() => Generator<Instruction, T, any> | PromiseLike<T> | Co<T> | T)

type Make = <T>(fn: () => T) => Plain<T>

const kinds: Record<string, Make> = {
  'a generator function': fn =>
    function* () {
      return fn()
    },
  'a generator function that suspends': fn =>
    function* () {
      yield* checkpoint()
      return fn()
    },
  'a coroutine': fn =>
    co(function* () {
      return fn()
    })(),
  'a coroutine function': fn =>
    co(function* () {
      yield* checkpoint()
      return fn()
    }),
  'an async function': fn => async () => fn(),
  'an async function that waits': fn => async () => {
    await null
    return fn()
  },
  'a plain function': fn => () => fn(),
  'a plain function that returns a coroutine': fn => () =>
    co(function* () {
      return fn()
    })(),
}

/** The same test with every kind of body. */
export function withKinds(sentence: string, check: (make: Make) => Promise<unknown>): void {
  for (const [kind, make] of Object.entries(kinds)) {
    test(`${sentence} (${kind})`, async () => {
      await check(make)
    })
  }
}
