import { Effect } from 'effect'
import type { Operation } from 'effection'

/**
 * A child that does nothing and does not wait. Spawning puts it into a queue, from where it starts, so the async
 * function, which would start in place, gives way once.
 */
export async function childAsync(): Promise<number> {
  await null
  return 1
}

export function* child(): Generator<never, number, any> {
  return 1
}

export const childEffect = Effect.gen(function* () {
  return 1
})

export function* childEffection(): Operation<number> {
  return 1
}
