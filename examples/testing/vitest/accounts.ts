import { co, type Instruction, sleep } from 'omakase'
import type { Store } from './bank.js'

/** A store in memory that takes a moment, as a database does. */
export function accounts(balances: Record<string, number>): Store & { total(): number } {
  return {
    read: co(function* (account: string): Generator<Instruction, number, any> {
      yield* sleep(1)
      return balances[account]!
    }),
    write: co(function* (account: string, balance: number): Generator<Instruction, void, any> {
      yield* sleep(1)
      balances[account] = balance
    }),
    total: () => Object.values(balances).reduce((sum, balance) => sum + balance, 0),
  }
}
