import { now, scope, spawn } from 'omakase'
import { cancelSweep, explore, runTest, ScheduleError, SweepError } from 'omakase/testing'
import { expect, test } from 'vitest'
import { accounts } from './accounts.js'
import { type Transfer, transferHastily, transferSafely } from './bank.js'

test('a transfer moves money, in two reads and two writes', () =>
  runTest(function* () {
    const store = accounts({ ann: 100, bob: 100 })
    yield* transferHastily(store, 'ann', 'bob', 30)
    expect(yield* store.read('ann')).toBe(70)
    expect(yield* store.read('bob')).toBe(130)
    expect(now()).toBe(6)
  }))

/** Two transfers at once, after which no money may be lost. */
const twoAtOnce = (transfer: Transfer) =>
  function* () {
    const store = accounts({ ann: 100, bob: 100 })
    yield* scope(function* () {
      spawn(() => transfer(store, 'ann', 'bob', 30))
      spawn(() => transfer(store, 'bob', 'ann', 10))
    })
    expect(store.total()).toBe(200)
    expect(yield* store.read('ann')).toBe(80)
  }

test('without a lock there is an order in which money is lost, and its seed shows it again', async () => {
  const error: ScheduleError = await explore(twoAtOnce(transferHastily)).catch(error => error)
  expect(error).toBeInstanceOf(ScheduleError)
  await expect(explore(twoAtOnce(transferHastily), { seeds: [error.seed] })).rejects.toThrow(error.message)
})

test('with a lock there is none', () => explore(twoAtOnce(transferSafely()), { seeds: 300 }))

test('a transfer that is cut in two loses money; one that is whole does not', async () => {
  let store = accounts({})
  const sweep = (transfer: Transfer) =>
    cancelSweep(
      () => {
        store = accounts({ ann: 100, bob: 100 })
        return transfer(store, 'ann', 'bob', 30)
      },
      () => {
        expect(store.total()).toBe(200)
      },
    )
  await expect(sweep(transferHastily)).rejects.toThrow(SweepError)
  await sweep(transferSafely())
})
