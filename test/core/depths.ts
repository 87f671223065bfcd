import { test } from 'node:test'
import { type Co, checkpoint, co, type Instruction } from 'omakase'

export type Gen<T> = Generator<Instruction, T, any>

/** Calls a coroutine from below some frames, that have suspended before or not. */
export type Deep = <T>(body: () => Gen<T>) => Co<T>

function calls(depth: number, suspends: boolean): Deep {
  return <T>(body: () => Gen<T>) => {
    const innermost = co(body)
    const level = co(function* (left: number): Gen<T> {
      if (suspends) yield* checkpoint()
      return left === 0 ? yield* innermost() : yield* level(left - 1)
    })
    return depth === 0 ? innermost() : level(depth - 1)
  }
}

const depths: Record<string, Deep> = {
  'in a coroutine': calls(0, false),
  'one call deep': calls(1, false),
  'three calls deep': calls(3, false),
  'three calls deep, each of which had suspended': calls(3, true),
  'a thousand calls deep': calls(1000, false),
}

/** The same test at several depths of calls. */
export function atDepths(sentence: string, check: (deep: Deep) => Promise<unknown>): void {
  for (const [where, deep] of Object.entries(depths)) {
    test(`${sentence} (${where})`, async () => {
      await check(deep)
    })
  }
}
