import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import {
  all,
  Barrier,
  type Co,
  Condition,
  channel,
  checkpoint,
  currentTask,
  defer,
  Event,
  Limiter,
  Lock,
  moveOnAfter,
  on,
  type Receiver,
  race,
  Semaphore,
  scope,
  select,
  sleep,
  spawn,
  toAsyncIterable,
  use,
} from 'omakase'
import type { Gen } from '../../core/depths.js'
import { pause, type Use } from './use.js'

/** One line a primitive, as in core.ts. */
export const SYNC: Readonly<Record<string, () => Use>> = {
  on: () => {
    const emitter = new EventEmitter()
    return {
      *body() {
        const events = yield* use(
          () => on(emitter, 'tick'),
          each => each.close(),
        )
        spawn(function* () {
          for (let i = 0; i < 3; i++) {
            emitter.emit('tick', i)
            yield* sleep(1)
          }
        })
        for (let i = 0; i < 3; i++) yield* events.receive()
      },
      left: () => assert.deepEqual(emitter.eventNames(), []),
    }
  },
  ...Object.fromEntries([0, 1, 3].map(capacity => [`a channel of ${capacity}`, () => exchange(capacity)])),
  'receives that race': () => {
    const ends = [channel<number>(), channel<number>()] as const
    let sent = 0
    let received = 0
    return {
      *body() {
        for (const [sender] of ends) {
          spawn(function* () {
            yield* sleep(1)
            yield* sender.send(1)
            sent++
          })
        }
        for (let i = 0; i < 2; i++) {
          yield* race([ends[0][1].receive(), ends[1][1].receive()])
          received++
        }
      },
      left() {
        nobodyWaits(ends[0][1], ends[1][1])
        assert.equal(received, sent)
      },
    }
  },
  'Semaphore.with': () => permits(new Semaphore(2), each => each.with(pause)),
  'Semaphore.acquire': () => permits(new Semaphore(2), held),
  'Limiter.with': () => permits(new Limiter(2), each => each.with(pause)),
  'Limiter.acquire': () => permits(new Limiter(2), held),
  'Limiter.limit': () => {
    const limiter = new Limiter(1)
    const use = permits(limiter, held)
    return {
      ...use,
      *body() {
        spawn(function* () {
          yield* checkpoint()
          limiter.limit = 2
        })
        yield* use.body() as Gen<unknown>
      },
      left(exit) {
        limiter.limit = 2
        use.left?.(exit)
      },
    }
  },
  'Lock.with': () => locked((lock, body) => lock.with(body)),
  'Lock.acquire': () =>
    locked((lock, body) =>
      scope(function* () {
        yield* use(lock.acquire(), () => lock.release())
        yield* body()
      }),
    ),
  Event: () => {
    const happened = new Event()
    return {
      *body() {
        for (let i = 0; i < 2; i++) spawn(() => happened.wait())
        spawn(function* () {
          yield* sleep(1)
          happened.set()
          happened.clear()
          yield* checkpoint()
          happened.set()
        })
        yield* happened.wait()
      },
      left: () => assert.equal(happened.statistics().waiting, 0),
    }
  },
  Condition: () => {
    const changed = new Condition()
    const items: number[] = []
    return {
      *body() {
        for (let i = 0; i < 3; i++) {
          spawn(function* () {
            yield* changed.lock.with(function* () {
              while (items.length === 0) yield* changed.wait()
              assert.equal(changed.lock.statistics().holder, currentTask())
              yield* checkpoint()
              items.pop()
            })
          })
        }
        for (let i = 0; i < 3; i++) {
          yield* changed.lock.with(function* () {
            yield* pause()
            items.push(i)
            if (i < 2) changed.notify()
            else changed.notifyAll()
          })
        }
      },
      left() {
        const { waiting, lock } = changed.statistics()
        assert.deepEqual([waiting, lock], [0, { holder: undefined, isBroken: false, waiting: 0 }])
      },
    }
  },
  'a notification to one that gives up': () => {
    const condition = new Condition()
    const { lock } = condition
    return {
      *body() {
        const first = spawn(() => lock.with(() => condition.wait()))
        const second = spawn(() => lock.with(() => condition.wait()))
        spawn(function* () {
          yield* sleep(1)
          first.cancel()
        })
        yield* sleep(1)
        yield* lock.with(function* () {
          condition.notify()
          yield* checkpoint()
        })
        if ((yield* first.settled()).status === 'ok') yield* lock.with(() => condition.notify())
        yield* second
      },
      left: () => assert.equal(condition.statistics().waiting, 0),
    }
  },
  Barrier: () => {
    const barrier = new Barrier(3)
    return {
      *body() {
        const places = yield* all([1, 2, 3].map(() => () => barrier.wait()))
        assert.deepEqual(places.sort(), [0, 1, 2])
        const alone = yield* moveOnAfter(1, () => barrier.wait())
        assert.equal(alone, undefined)
      },
      left: () => assert.equal(barrier.statistics().waiting, 0),
    }
  },
  toAsyncIterable: () => {
    const [sender, receiver] = channel<number>(3)
    for (let i = 0; i < 3; i++) sender.trySend(i)
    return {
      *body() {
        yield* spawn(async () => {
          for await (const item of toAsyncIterable(receiver)) if (item === 1) break
        })
      },
      left: () => nobodyWaits(receiver),
    }
  },
  select: () => {
    const [sender, receiver] = channel<number>()
    const stopped = new Event()
    let received = 0
    let sent = 0
    return {
      *body() {
        spawn(function* () {
          for (let i = 0; i < 2; i++) {
            yield* sender.send(i)
            sent++
          }
          stopped.set()
        })
        for (;;) {
          const got = yield* select({ item: receiver.receive(), stop: stopped.wait(), late: sleep(5) })
          if (got.name !== 'item') return
          received++
        }
      },
      left() {
        nobodyWaits(receiver)
        assert.equal(stopped.statistics().waiting, 0)
        assert.equal(received, sent)
      },
    }
  },
}

function nobodyWaits(...ends: Receiver<unknown>[]): void {
  for (const { sending, receiving } of ends.map(end => end.statistics()))
    assert.equal(sending + receiving, 0, 'somebody is left in the queue of a channel')
}

/** Two senders and two receivers; whatever is cut, each item that was sent is received once or still there. */
function exchange(capacity: number): Use {
  const [sender, receiver] = channel<number>(capacity)
  const sent: number[] = []
  const received: number[] = []
  return {
    *body() {
      for (const first of [0, 10]) {
        const mine = sender.clone()
        spawn(function* () {
          defer(() => mine.close())
          for (let i = first; i < first + 3; i++) {
            yield* mine.send(i)
            sent.push(i)
          }
        })
        const own = receiver.clone()
        spawn(function* () {
          defer(() => own.close())
          for (;;) {
            const item = yield* own.next()
            if (item.done) return
            received.push(item.value)
            if (first === 0) yield* sleep(1)
          }
        })
      }
      sender.close()
    },
    left() {
      sender.close()
      for (let got = take(receiver); got !== undefined; got = take(receiver)) received.push(got.value)
      nobodyWaits(receiver)
      assert.deepEqual(received.sort(), sent.sort())
    },
  }
}

function take(receiver: { tryReceive(): { value: number } | undefined }): { value: number } | undefined {
  try {
    return receiver.tryReceive()
  } catch {
    return undefined
  }
}

function held(permits: Limiter | Semaphore): Co<void> {
  return scope(function* () {
    yield* use(permits.acquire(), () => permits.release())
    yield* pause()
  })
}

/** Three tasks want one of two permits, and one of them gives up. */
function permits<P extends Limiter | Semaphore>(permits: P, hold: (permits: P) => Co<unknown>): Use {
  return {
    *body() {
      for (let i = 0; i < 3; i++) spawn(() => hold(permits))
      yield* moveOnAfter(1, () => hold(permits))
    },
    left() {
      assert.deepEqual(permits.statistics(), { limit: 2, held: 0, waiting: 0 })
    },
  }
}

/** Tasks that read, pause and write under a lock. */
function locked(hold: (lock: Lock, body: () => Gen<void>) => Co<unknown>): Use {
  const lock = new Lock()
  let written = 0
  let count = 0
  const add = () =>
    hold(lock, function* () {
      const before = count
      yield* pause()
      count = before + 1
      written++
    })
  return {
    *body() {
      for (let i = 0; i < 3; i++) spawn(add)
      yield* moveOnAfter(1, add)
    },
    left() {
      assert.equal(count, written)
      assert.deepEqual(lock.statistics(), { holder: undefined, isBroken: false, waiting: 0 })
    },
  }
}
