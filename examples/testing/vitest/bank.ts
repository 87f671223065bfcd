import { type Co, co, type Instruction, Lock, shield } from 'omakase'

/** Where balances are kept: reading and writing take a moment, as they do in a database. */
export interface Store {
  read(account: string): Co<number>
  write(account: string, balance: number): Co<void>
}

/** Moves money from one account to another. */
export type Transfer = (store: Store, from: string, to: string, amount: number) => Co<void>

/** Reads, and writes later: whatever another transfer has written in between is lost. */
export const transferHastily: Transfer = co(function* (
  store: Store,
  from: string,
  to: string,
  amount: number,
): Generator<Instruction, void, any> {
  const left = (yield* store.read(from)) - amount
  const more = (yield* store.read(to)) + amount
  yield* store.write(from, left)
  yield* store.write(to, more)
})

/** One transfer at a time; and once it has begun, it is not cut in two. */
export function transferSafely(): Transfer {
  const lock = new Lock()
  return (store, from, to, amount) => lock.with(() => shield(transferHastily(store, from, to, amount)))
}
