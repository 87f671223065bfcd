import { forever } from 'omakase'
import type { Shared } from 'omakase/workers'

/** What lives in the parent, as the tests have it. */
export interface Counter {
  total: number
  add(n: number): number
  slowly(n: number): Promise<number>
  fail(): never
  fresh(): Shared<Counter>
  give(): unknown
}

export const add = async (counter: Shared<Counter>, times: number): Promise<number> => {
  for (let i = 0; i < times; i++) await counter.add(1)
  return await counter.total
}

export const slowly = (counter: Shared<Counter>): Promise<number> => counter.slowly(5)

export const nested = async (given: { at: { counter: Shared<Counter> }[] }): Promise<number> =>
  given.at[0]!.counter.add(10)

export const fail = async (counter: Shared<Counter>): Promise<unknown> => {
  try {
    await counter.fail()
    return 'nothing was thrown'
  } catch (error) {
    const { name, message, code } = error as Error & { code?: string }
    return [error instanceof RangeError, name, message, code]
  }
}

export const wrong = async (counter: any, what: string, ...args: unknown[]): Promise<unknown> =>
  counter[what](...args)

export const passOn = async (counter: Shared<Counter>): Promise<number> => (await counter.fresh()).add(2)

let given: Shared<Counter>

export const setup = async (shared: { counter?: Shared<Counter> }): Promise<void> => {
  if (shared.counter === undefined) return
  given = shared.counter
  await given.add(100)
}

export const teardown = async (): Promise<void> => {
  if (given !== undefined) await given.add(1000)
}

export const fromSetup = (): Promise<number> => given.total

export function* untilCancelled(counter: Shared<Counter>): Generator<any, void> {
  try {
    yield* forever()
  } finally {
    counter.add(1)
  }
}

export default async (n: number, { shared }: { shared: { counter: Shared<Counter> } }): Promise<number> => {
  await shared.counter.add(n)
  return n
}
