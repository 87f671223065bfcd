import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  Barrier,
  type Co,
  Condition,
  channel,
  checkpoint,
  co,
  Event,
  forEach,
  Limiter,
  Lock,
  Semaphore,
  select,
  sleep,
  spawn,
  timeout,
} from 'omakase'
import { cancelSweep, explore } from 'omakase/testing'
import type { Gen } from '../core/depths.js'
import { isFree, type LockLike } from './support/lock-likes.js'

/** A program over one primitive, and what holds of that after each end of the program. */
interface Sweepable {
  readonly body: () => Co<void>
  /** Nothing is left. */
  readonly check: () => unknown
}

function inTurns(lock: LockLike): Sweepable {
  let holders = 0
  return {
    body: co(function* (): Gen<void> {
      holders = 0
      for (let i = 0; i < 3; i++) {
        spawn(() =>
          lock.with(function* () {
            assert.equal(++holders, 1)
            try {
              yield* sleep(i)
              yield* checkpoint()
            } finally {
              holders--
            }
          }),
        )
      }
      yield* timeout(1000, lock.with(checkpoint))
    }),
    check: async () => assert.ok(await isFree(lock)),
  }
}

const programs: Record<string, () => Sweepable> = {
  'a lock': () => inTurns(new Lock()),
  'a semaphore': () => inTurns(new Semaphore(1)),
  'a limiter': () => inTurns(new Limiter(1)),

  'a limiter of which the limit changes': () => {
    const limiter = new Limiter(1)
    return {
      body: co(function* (): Gen<void> {
        limiter.limit = 1
        for (let i = 0; i < 4; i++) spawn(() => limiter.with(() => sleep(2)))
        yield* sleep(1)
        limiter.limit = 3
        yield* sleep(1)
        limiter.limit = 2
      }),
      check: () => {
        const { held, waiting } = limiter.statistics()
        assert.deepEqual([held, waiting], [0, 0])
      },
    }
  },

  'a condition': () => {
    const condition = new Condition()
    const items: number[] = []
    return {
      body: co(function* (): Gen<void> {
        items.length = 0
        for (let i = 0; i < 3; i++) {
          spawn(() =>
            condition.lock.with(function* () {
              while (items.length === 0) yield* condition.wait()
              items.shift()
            }),
          )
        }
        for (let i = 0; i < 3; i++) {
          yield* condition.lock.with(function* () {
            items.push(i)
            condition.notify()
            yield* checkpoint()
          })
        }
      }),
      check: async () => {
        assert.equal(condition.statistics().waiting, 0)
        assert.ok(await isFree(condition.lock))
      },
    }
  },

  'a condition that is selected': () => {
    const condition = new Condition()
    return {
      body: co(function* (): Gen<void> {
        for (let i = 0; i < 2; i++) {
          spawn(() =>
            condition.lock.with(function* () {
              yield* select({ condition: condition.wait(), late: sleep(1 + i) })
              yield* checkpoint()
            }),
          )
        }
        yield* sleep(1)
        yield* condition.lock.with(() => condition.notify())
      }),
      check: async () => {
        assert.equal(condition.statistics().waiting, 0)
        assert.ok(await isFree(condition.lock))
      },
    }
  },

  'an event': () => {
    const event = new Event()
    return {
      body: co(function* (): Gen<void> {
        event.clear()
        for (let i = 0; i < 3; i++) spawn(() => event.wait())
        yield* sleep(1)
        event.set()
        yield* event.wait()
      }),
      check: () => assert.equal(event.statistics().waiting, 0),
    }
  },

  'a barrier': () => {
    const barrier = new Barrier(3)
    return {
      body: co(function* (): Gen<void> {
        const places: number[] = []
        for (let i = 0; i < 6; i++) {
          spawn(function* () {
            yield* sleep(i % 2)
            places.push(yield* barrier.wait())
            if (places.length === 6) assert.deepEqual(places.sort(), [0, 0, 1, 1, 2, 2])
          })
        }
      }),
      check: () => assert.equal(barrier.statistics().waiting, 0),
    }
  },

  'a channel': () => {
    let ends = channel<number>()
    return {
      body: co(function* (): Gen<void> {
        const [sender, receiver] = channel<number>(1)
        ends = [sender, receiver]
        const got: number[] = []
        const sending = spawn(function* () {
          for (let i = 0; i < 4; i++) yield* sender.send(i)
          sender.close()
        })
        for (let i = 0; i < 2; i++) {
          const mine = receiver.clone()
          spawn(() => forEach(mine, item => void got.push(item)))
        }
        receiver.close()
        yield* sending
      }),
      check: () => {
        const { sending, receiving } = ends[0].statistics()
        assert.deepEqual([sending, receiving], [0, 0])
      },
    }
  },

  select: () => {
    const [sender, receiver] = channel<number>(4)
    const semaphore = new Semaphore(1)
    let sent = 0
    let received = 0
    return {
      body: co(function* (): Gen<void> {
        spawn(function* () {
          yield* sleep(1)
          if (sender.trySend(1)) sent++
        })
        spawn(() => semaphore.with(() => sleep(1)))
        yield* checkpoint()
        const got = yield* select({
          item: receiver.receive(),
          permit: semaphore.acquire(),
          late: sleep(1),
        })
        if (got.name === 'item') received++
        if (got.name === 'permit') semaphore.release()
      }),
      check: async () => {
        while (receiver.tryReceive()) received++
        assert.equal(received, sent, 'an item was lost or doubled')
        assert.ok(await isFree(semaphore))
      },
    }
  },
}

for (const [what, make] of Object.entries(programs)) {
  test(`R20: ${what}: wherever the program is cancelled, nothing is left behind`, async () => {
    const { body, check } = make()
    const points = await cancelSweep(body, async ({ exit }) => {
      assert.notEqual(exit.status, 'failed')
      await check()
    })
    assert.ok(points > 3)
  })

  test(`R39: ${what}: under a hundred schedules nothing is left behind`, async () => {
    const { body, check } = make()
    await explore(
      co(function* (): Gen<void> {
        yield* body()
      }),
      { seeds: 100 },
    )
    await check()
  })
}
