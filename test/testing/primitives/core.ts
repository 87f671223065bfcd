import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import {
  all,
  allSettled,
  any,
  checkpoint,
  contextManager,
  defer,
  forEach,
  forever,
  local,
  moveOnAfter,
  now,
  once,
  race,
  retry,
  scope,
  shield,
  sleep,
  spawn,
  start,
  suspend,
  timeout,
  use,
  wait,
  within,
} from 'omakase'
import { busy, closing, Open, type Use } from './use.js'

/** One line a primitive: add yours here or in sync.ts, and it is swept and explored. */
export const CORE: Readonly<Record<string, () => Use>> = {
  checkpoint: closing(open => open.during(checkpoint)),
  sleep: closing(open => open.during(() => sleep(1))),
  'forever, moveOnAfter': closing(open => open.during(() => moveOnAfter(3, forever))),
  timeout: closing(open => open.during(() => timeout(10, () => busy(open)))),
  'timeout that passes': closing(function* (open) {
    const late = yield* allSettled([() => timeout(1, () => busy(open))])
    assert.equal(late[0].status, 'failed')
  }),
  'scope, spawn': closing(open =>
    open.during(() =>
      scope(function* () {
        for (let i = 0; i < 3; i++) spawn(() => busy(open))
        yield* busy(open)
      }),
    ),
  ),
  'a scope that cancels itself': closing(function* (open) {
    const [exit] = yield* allSettled([
      () =>
        scope(function* (inner) {
          spawn(() => busy(open))
          spawn(function* () {
            yield* sleep(1)
            inner.cancel('enough')
          })
          yield* forever()
        }),
    ])
    assert.equal(exit.status, 'failed')
  }),
  'a failing child': closing(function* (open) {
    const error = new Error('own')
    const [exit] = yield* allSettled([
      () =>
        scope(function* () {
          for (let i = 0; i < 2; i++) spawn(() => busy(open))
          spawn(function* () {
            yield* sleep(1)
            throw error
          })
          yield* forever()
        }),
    ])
    assert.deepEqual(exit, { status: 'failed', error })
  }),
  'a deadline that is moved': closing(open =>
    open.during(() =>
      scope(
        function* (inner) {
          spawn(() => busy(open))
          yield* sleep(1)
          inner.deadline = now() + 100
          yield* sleep(5)
        },
        { timeout: 2 },
      ),
    ),
  ),
  daemons: closing(open =>
    open.during(() =>
      scope(function* () {
        spawn(() => open.during(forever), { daemon: true })
        yield* sleep(1)
      }),
    ),
  ),
  shield: closing(function* (open) {
    let reached = 0
    yield* open.during(() =>
      shield(function* () {
        yield* busy(open)
        reached++
      }),
    )
    assert.equal(reached, 1)
  }),
  'what a shield protects runs to its end': () => {
    let began = false
    let ended = false
    return {
      *body() {
        yield* checkpoint()
        yield* shield(function* () {
          began = true
          yield* sleep(1)
          yield* checkpoint()
          ended = true
        })
      },
      left: () => assert.equal(ended, began),
    }
  },
  join: closing(function* (open) {
    const task = spawn(() => busy(open))
    yield* all([task.settled(), task.settled(), () => busy(open)])
    yield* task
  }),
  start: closing(function* (open) {
    const port = yield* start<number>(function* (ready) {
      open.acquire()
      defer(open.release)
      yield* sleep(1)
      ready(80)
      yield* sleep(1)
    })
    assert.equal(port, 80)
  }),
  all: closing(open => all([() => busy(open), () => busy(open), () => busy(open)])),
  'all with concurrency': closing(function* (open) {
    yield* all(
      [1, 2, 3, 4].map(() => () => busy(open)),
      { concurrency: 2 },
    )
    assert.equal(now(), 4)
  }),
  race: closing(function* (open) {
    yield* race([() => busy(open), () => open.during(forever), sleep(1)])
  }),
  any: closing(function* (open) {
    assert.equal(yield* any([() => open.during(forever), () => busy(open), () => 1]), 1)
  }),
  forEach: () => {
    const open = new Open()
    function* items() {
      open.acquire()
      try {
        yield* [1, 2, 3]
      } finally {
        open.release()
      }
    }
    return {
      *body() {
        yield* forEach(items(), () => busy(open), { concurrency: 2 })
      },
      left: open.left,
    }
  },
  'forEach over an async iterable': () => {
    const open = new Open()
    async function* items() {
      open.acquire()
      try {
        for (let i = 0; i < 3; i++) {
          await null
          yield i
        }
      } finally {
        await null
        open.release()
      }
    }
    return {
      *body() {
        yield* forEach(items(), () => busy(open))
      },
      left: open.left,
    }
  },
  retry: closing(open => open.during(() => retry(() => busy(open)))),
  use: closing(function* (open) {
    for (let i = 0; i < 2; i++) {
      yield* use(
        function* () {
          yield* checkpoint()
          open.acquire()
          return i
        },
        function* () {
          yield* checkpoint()
          open.release()
        },
      )
    }
    yield* busy(open)
  }),
  'use of a promise that comes late': closing(function* (open) {
    yield* use(
      async () => {
        await null
        open.acquire()
      },
      async () => {
        await null
        open.release()
      },
    )
    yield* sleep(1)
  }),
  defer: closing(function* (open) {
    open.acquire()
    defer(function* () {
      yield* sleep(1)
      open.release()
    })
    yield* busy(open)
  }),
  'contextManager, within': closing(function* (open) {
    const manager = contextManager(function* () {
      yield* checkpoint()
      open.acquire()
      try {
        yield 'value'
      } finally {
        yield* checkpoint()
        open.release()
      }
    })
    yield* within(manager(), () => busy(open))
  }),
  local: () => {
    const place = local('place', 'outside')
    return {
      *body() {
        const seen = yield* place.with('inside', function* () {
          yield* checkpoint()
          const child = spawn(function* () {
            yield* sleep(1)
            return place.get()
          })
          return yield* child
        })
        assert.equal(seen, 'inside')
        assert.equal(place.get(), 'outside')
      },
    }
  },
  'wait for a promise': closing(open => open.during(() => wait((async () => {})()))),
  'wait for a promise that can be aborted': closing(function* (open) {
    yield* wait(async signal => {
      open.acquire()
      await new Promise<void>((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason))
        Promise.resolve().then(resolve)
      }).finally(open.release)
    })
  }),
  'an async body': closing(function* (open) {
    const task = spawn(async () => {
      open.acquire()
      await null
      open.release()
    })
    yield* task
  }),
  suspend: closing(function* (open) {
    let answer = () => {}
    spawn(function* () {
      yield* sleep(1)
      answer()
    })
    yield* suspend(resume => {
      open.acquire()
      answer = () => {
        open.release()
        resume()
      }
      return () => {
        answer = () => {}
        open.release()
      }
    })
  }),
  once: () => {
    const emitter = new EventEmitter()
    return {
      *body() {
        spawn(function* () {
          yield* sleep(1)
          emitter.emit('ready', 1)
        })
        yield* once(emitter, 'ready')
      },
      left: () => assert.deepEqual(emitter.eventNames(), []),
    }
  },
}

/** What fails on the way: a cancellation that comes just then leaves an error, and that is right. */
export const FAILING: Readonly<Record<string, () => Use>> = {
  retry: closing(function* (open) {
    let attempts = 0
    yield* retry(
      function* () {
        yield* busy(open)
        if (++attempts < 3) throw new Error('again')
      },
      { delay: 10 },
    )
    assert.equal(attempts, 3)
  }),
  any: closing(function* (open) {
    const won = yield* any<number>([
      function* () {
        yield* busy(open)
        throw new Error('own')
      },
      function* () {
        yield* busy(open)
        yield* checkpoint()
        return 1
      },
    ])
    assert.equal(won, 1)
  }),
}
