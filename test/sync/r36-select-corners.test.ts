import assert from 'node:assert/strict'
import { test } from 'node:test'
import { channel, checkpoint, forever, race, run, ScopeError, select, sleep, suspend, wait } from 'omakase'
import { fails, raise } from '../core/fails.js'
import { thrownBy } from '../core/thrown.js'
import { turns } from '../core/turns.js'

test('R36: a select is an operation itself: in a race, and in a select', async () => {
  const [sendA, a] = channel<number>(1)
  const [sendB, b] = channel<number>(1)
  const both = () => select({ a: a.receive(), b: b.receive() })
  const raced = run(() => race([forever(), both()]))
  await turns()
  sendB.trySend(1)
  assert.deepEqual(await raced, { name: 'b', value: 1 })
  const nested = run(() => select({ inner: both(), late: sleep(100_000) }))
  await turns()
  sendA.trySend(2)
  assert.deepEqual(await nested, { name: 'inner', value: { name: 'a', value: 2 } })
  assert.equal((await run(() => select({ inner: both(), now: checkpoint() }))).name, 'now')
  assert.equal(a.statistics().receiving + b.statistics().receiving, 0)
})

test('R21: a wait that cannot be aborted completes first: its value counts in spite of the cancel', async () => {
  let resume!: (value: string) => void
  const log: unknown[] = []
  const task = run(function* () {
    log.push(
      yield* select({
        stubborn: suspend<string>(go => {
          resume = go
        }),
        other: forever(),
      }),
    )
    yield* checkpoint()
    log.push('went on')
  })
  await turns()
  task.cancel()
  await turns()
  assert.equal(task.state, 'waiting')
  resume('value')
  assert.equal((await task.settled()).status, 'cancelled')
  assert.deepEqual(log, [{ name: 'stubborn', value: 'value' }])
})

test('R36: one that cannot be withdrawn is waited for when another has won, and what it gives is dropped', async () => {
  let resume!: () => void
  const [sender, receiver] = channel<number>(1)
  const task = run(() =>
    select({
      stubborn: suspend<void>(go => {
        resume = go
      }),
      item: receiver.receive(),
    }),
  )
  await turns()
  sender.trySend(1)
  await turns()
  assert.equal(task.state, 'waiting')
  task.cancel()
  resume()
  assert.deepEqual(await task, { name: 'item', value: 1 })
})

test('R14: an error of an abort function is thrown, beside what was on its way', async () => {
  const error = new Error('abort')
  const failing = () => suspend(() => () => raise(error))
  const [sender, receiver] = channel<number>(1)
  const won = run(() => select({ failing: failing(), item: receiver.receive() }))
  await turns()
  sender.trySend(1)
  await fails(won, error)
  sender.trySend(1)
  await fails(
    run(() => select({ failing: failing(), item: receiver.receive() })),
    error,
  )
  const cancelled = run(() => select({ failing: failing(), never: forever() }))
  await turns()
  cancelled.cancel()
  await fails(cancelled, error)
  const [ending, end] = channel<number>()
  const failed = run(() => select({ failing: failing(), end: end.receive() }))
  await turns()
  ending.close()
  const both = await thrownBy(failed)
  assert.ok(both instanceof ScopeError)
  assert.deepEqual(
    both.errors.map((each: Error) => each.name),
    ['EndError', 'Error'],
  )
})

test('R36: one that comes while another begins or is aborted does not get in its way', async () => {
  let resumeFirst!: (value: string) => void
  const begun = run(() =>
    select({
      first: suspend<string>(go => {
        resumeFirst = go
        return () => assert.fail('it has come')
      }),
      second: suspend<string>(() => {
        resumeFirst('early')
        return () => {}
      }),
      third: suspend(() => assert.fail('it is not begun')),
    }),
  )
  assert.deepEqual(await begun, { name: 'first', value: 'early' })

  let resumeOther!: () => void
  const [sender, receiver] = channel<number>(1)
  const aborted = run(() =>
    select({
      item: receiver.receive(),
      aborts: suspend<void>(() => () => resumeOther()),
      other: suspend<void>(go => {
        resumeOther = go
        return () => assert.fail('it has come')
      }),
    }),
  )
  await turns()
  sender.trySend(1)
  assert.deepEqual(await aborted, { name: 'item', value: 1 })

  let resumeItself!: () => void
  const cancelled = run(() =>
    select({
      itself: suspend<void>(go => {
        resumeItself = go
        return () => resumeItself()
      }),
      never: forever(),
    }),
  )
  await turns()
  cancelled.cancel()
  assert.deepEqual(await cancelled, { name: 'itself', value: undefined }, 'it answered while it was aborted')
})

test('R25: a bare promise that was not begun, or was given up, may reject unheard', async () => {
  const heard: unknown[] = []
  const hear = (reason: unknown) => void heard.push(reason)
  process.on('unhandledRejection', hear)
  const [sender, receiver] = channel<number>(2)
  sender.trySend(1)
  await run(() => select({ item: receiver.receive(), late: wait(Promise.reject(new Error('late'))) }))
  const task = run(() => select({ late: wait(Promise.reject(new Error('never begun'))), it: forever() }))
  task.cancel()
  await task.settled()
  await turns()
  process.off('unhandledRejection', hear)
  assert.deepEqual(heard, [])
})

test('R4: an operation that waits elsewhere is a UsageError, and goes on waiting there', async () => {
  const [sender, receiver] = channel<number>(1)
  const receive = receiver.receive()
  const select1 = () => select({ never: forever(), receive })
  const selecting = select1()
  const task = run(receive)
  await turns()
  await fails(run(selecting), { name: 'UsageError' })
  assert.throws(select1, { name: 'UsageError' })
  sender.trySend(1)
  assert.equal(await task, 1)
})
