import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Body,
  type Co,
  channel,
  co,
  type Exit,
  forever,
  moveOnAfter,
  race,
  run,
  scope,
  select,
  shield,
  spawn,
  type Task,
  timeout,
} from 'omakase'
import { queued } from '#src/core/scheduler.js'
import { timersOf } from '#src/core/timers.js'
import type { Gen } from '../core/depths.js'
import { gate } from '../core/gate.js'
import { SteppingClock, settleDown } from '../core/stepping-clock.js'
import { operations, type Way, ways } from './support/ways.js'

/** A way to wait, and tasks that wait so, by a clock of their own. */
interface Trial {
  readonly way: Way
  readonly clock: SteppingClock
  /** Starts a task, and gives it when it waits: not by itself, since it could be awaited. */
  waiting<T>(body: Body<T>): Promise<{ task: Task<T> }>
}

async function trial(make: (clock: SteppingClock) => Way | Promise<Way>): Promise<Trial> {
  const clock = new SteppingClock()
  const way = await make(clock)
  return {
    way,
    clock,
    waiting: async body => {
      const task = run(body, { clock })
      await settleDown()
      assert.equal(task.state, 'waiting')
      return { task }
    },
  }
}

/** How it ended; nothing is left of it anywhere. */
async function ended<T>({ way, clock }: Trial, task: Task<T>): Promise<Exit<T>> {
  const exit = await task.settled()
  await settleDown()
  assert.equal(way.left(), 0, 'somebody is left in a queue')
  assert.equal(timersOf(clock).size, 0, 'something is left in the timer structure')
  assert.equal(queued(), 0, 'something is left in the run queue')
  return exit
}

for (const [what, make] of Object.entries(ways)) {
  test(`${what}: it can be cancelled, and nothing is left`, async () => {
    const it = await trial(make)
    let wentOn = false
    const { task } = await it.waiting(function* () {
      yield* it.way.wait()
      wentOn = true
    })
    task.cancel()
    assert.equal((await ended(it, task)).status, 'cancelled')
    assert.equal(wentOn, false)
  })

  test(`${what}: a cancel before it begins keeps it from beginning`, async () => {
    const it = await trial(make)
    const task = run(() => it.way.wait(), { clock: it.clock })
    task.cancel()
    assert.equal((await ended(it, task)).status, 'cancelled')
  })

  test(`${what}: it can time out, and nothing is left`, async () => {
    const it = await trial(make)
    const { task } = await it.waiting(function* () {
      try {
        yield* timeout(5, it.way.wait())
        return 'went on'
      } catch (error) {
        return (error as Error).name
      }
    })
    it.clock.step()
    assert.deepEqual(await ended(it, task), { status: 'ok', value: 'TimeoutError' })
  })

  test(`${what}: it can be moved on from, and nothing is left`, async () => {
    const it = await trial(make)
    const { task } = await it.waiting(function* () {
      return [yield* moveOnAfter(5, it.way.wait())]
    })
    it.clock.step()
    assert.deepEqual(await ended(it, task), { status: 'ok', value: [undefined] })
  })

  test(`${what}: cut with its scope, it leaves nothing`, async () => {
    const it = await trial(make)
    const { wait, open } = gate()
    const { task } = await it.waiting(function* () {
      try {
        yield* scope(function* (home) {
          spawn(() => it.way.wait())
          yield* wait()
          home.cancel()
        })
        return 'went on'
      } catch (error) {
        return (error as Error).name
      }
    })
    open()
    assert.deepEqual(await ended(it, task), { status: 'ok', value: 'CancelledError' })
  })

  for (const [how, contest] of Object.entries(contests(operations[what] !== undefined))) {
    test(`${what}: as a contestant of ${how} that loses it leaves nothing`, async () => {
      const it = await trial(make)
      const { wait, open } = gate<string>()
      const { task } = await it.waiting(() => contest(it.way.wait(), wait()))
      open('other')
      assert.deepEqual(await ended(it, task), { status: 'ok', value: 'other' })
    })

    test(`${what}: as a contestant of ${how} that is cancelled it leaves nothing`, async () => {
      const it = await trial(make)
      const { task } = await it.waiting(() => contest(it.way.wait(), forever()))
      task.cancel()
      assert.equal((await ended(it, task)).status, 'cancelled')
    })

    test(`${what}: as a contestant of ${how} it is not begun where another wins before`, async () => {
      const it = await trial(make)
      const task = run(() => contest(it.way.wait(), ready(), true), { clock: it.clock })
      assert.deepEqual(await ended(it, task), { status: 'ok', value: 'other' })
    })
  }

  test(`${what}: another of the same kind that is withdrawn takes nothing from one that waits`, async () => {
    const it = await trial(make)
    const { task } = await it.waiting(() => it.way.wait())
    const other = run(() => it.way.wait(), { clock: it.clock })
    await settleDown()
    other.cancel()
    await other.settled()
    it.way.wake?.()
    await settleDown()
    if (it.way.wake === undefined) task.cancel()
    assert.equal((await ended(it, task)).status, it.way.wake === undefined ? 'cancelled' : 'ok')
  })

  if (what === 'forever') continue

  test(`${what}: it comes, and nothing is left`, async () => {
    const it = await trial(make)
    const { task } = await it.waiting(() => it.way.wait())
    it.way.wake!()
    assert.equal((await ended(it, task)).status, 'ok')
  })

  test(`${what}: where it comes and a cancel in the same turn, it is one of the two, and nothing is left`, async () => {
    for (const isCancelledFirst of [false, true]) {
      const it = await trial(make)
      let wentOn = false
      const { task } = await it.waiting(function* () {
        yield* it.way.wait()
        wentOn = true
      })
      if (isCancelledFirst) task.cancel()
      it.way.wake!()
      task.cancel()
      const { status } = await ended(it, task)
      assert.equal(status, wentOn ? 'ok' : 'cancelled')
      if (isCancelledFirst) assert.equal(status, 'cancelled')
    }
  })

  for (const [how, contest] of Object.entries(contests(operations[what] !== undefined))) {
    test(`${what}: as a contestant of ${how} it can win, and nothing is left`, async () => {
      const it = await trial(make)
      const { wait } = gate<string>()
      const { task } = await it.waiting(() => contest(it.way.wait(), wait()))
      it.way.wake!()
      const exit = await ended(it, task)
      assert.ok(exit.status === 'ok' && exit.value !== 'other')
    })
  }

  test(`${what}: shielded, it is waited for in spite of a cancel, which is delivered then`, async () => {
    const it = await trial(make)
    const log: string[] = []
    const { task } = await it.waiting(function* () {
      yield* shield(function* () {
        yield* it.way.wait()
        log.push('it came')
      })
      log.push('went on')
    })
    task.cancel()
    await settleDown()
    assert.equal(task.state, 'waiting')
    assert.deepEqual(log, [])
    it.way.wake!()
    assert.equal((await ended(it, task)).status, 'cancelled')
    assert.deepEqual(log, ['it came'])
  })

  test(`${what}: in cleanup it is waited for in spite of further cancels`, async () => {
    const it = await trial(make)
    let isClean = false
    const { task } = await it.waiting(function* () {
      try {
        yield* forever()
      } finally {
        yield* it.way.wait()
        isClean = true
      }
    })
    task.cancel()
    await settleDown()
    task.cancel('again')
    await settleDown()
    assert.equal(task.state, 'waiting')
    it.way.wake!()
    assert.equal((await ended(it, task)).status, 'cancelled')
    assert.equal(isClean, true)
  })
}

type Contest = (it: Co<unknown>, other: Co<string>, isLast?: boolean) => Co<unknown>

function contests(isOperation: boolean): Record<string, Contest> {
  const order = <T>(it: T, other: T, isLast: boolean | undefined) => (isLast ? [other, it] : [it, other])
  return {
    race: (it, other, isLast) => race(order<Co<unknown>>(it, other, isLast)),
    'a race of tasks': (it, other, isLast) => race(order(it, other, isLast).map(each => () => each)),
    ...(isOperation && {
      select: (it: Co<unknown>, other: Co<string>, isLast?: boolean) =>
        selected(isLast ? { other, it } : { it, other }),
    }),
  }
}

const selected = co(function* (operations: { it: Co<unknown>; other: Co<string> }): Gen<unknown> {
  return (yield* select(operations)).value
})

/** An operation that completes in place. */
function ready(): Co<string> {
  const [sender, receiver] = channel<string>(1)
  sender.trySend('other')
  return receiver.receive()
}
