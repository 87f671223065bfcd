import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  all,
  checkpoint,
  co,
  defer,
  forever,
  moveOnAfter,
  run,
  scope,
  spawn,
  type Task,
  timeout,
  use,
} from 'omakase'
import type { Gen } from './depths.js'
import { turn, turns } from './turns.js'

/** Turns that the event loop has while a task ends. */
async function turnsUntil(task: Task<unknown>): Promise<number> {
  let count = 0
  for (let over = false; !over; count++) {
    await turn()
    over = ['ok', 'failed', 'cancelled'].includes(task.state)
  }
  return count
}

test('R26: a task in 10,000 nested scopes is cancelled, innermost cleanup first', async () => {
  const order: number[] = []
  const nest = co(function* (depth: number): Gen<void> {
    if (depth === 10_000) return yield* forever()
    yield* scope(function* () {
      try {
        yield* nest(depth + 1)
      } finally {
        order.push(depth)
      }
    })
  })
  const task = run(nest(0))
  await turns()
  task.cancel()
  assert.equal((await task.settled()).status, 'cancelled')
  assert.equal(order.length, 10_000)
  assert.ok(order.every((depth, i) => depth === 9999 - i))
})

test('R26: so is one in 5,000 nested scopes whose cleanup suspends, and which have children and resources', async () => {
  let children = 0
  let released = 0
  let cleaned = 0
  const nest = co(function* (depth: number): Gen<void> {
    if (depth === 5000) return yield* forever()
    yield* timeout(1e9, function* () {
      spawn(function* () {
        try {
          yield* forever()
        } finally {
          yield* checkpoint()
          children++
        }
      })
      yield* use(
        () => depth,
        () => void released++,
      )
      try {
        yield* nest(depth + 1)
      } finally {
        yield* checkpoint()
        cleaned++
      }
    })
  })
  const task = run(nest(0))
  await turns(20)
  task.cancel()
  assert.equal((await task.settled()).status, 'cancelled')
  assert.deepEqual([children, released, cleaned], [5000, 5000, 5000])
})

test('R26: scopes that begin to be cancelled from the outermost to the innermost, all in one turn', async () => {
  const scopes: { cancel(): void }[] = []
  let cleaned = 0
  const nest = co(function* (depth: number): Gen<void> {
    if (depth === 3000) return yield* forever()
    yield* scope(function* (self) {
      scopes.push(self)
      try {
        yield* nest(depth + 1)
      } finally {
        cleaned++
      }
    })
  })
  const task = run(nest(0))
  await turns()
  for (const self of scopes.reverse()) self.cancel()
  await task.settled()
  assert.equal(cleaned, 3000)
  assert.equal(task.state, 'failed')
})

test('R26: a chain of 20,000 tasks, each the child of the one before, is cancelled from its root', async () => {
  let cleaned = 0
  let started = 0
  const link = (depth: number) =>
    function* (): Gen<void> {
      started++
      if (depth < 20_000) spawn(link(depth + 1))
      try {
        yield* forever()
      } finally {
        cleaned++
      }
    }
  const task = run(link(1))
  while (started < 20_000) await turn()
  task.cancel()
  assert.equal((await task.settled()).status, 'cancelled')
  assert.equal(cleaned, 20_000)
})

test('R26: a chain of 20,000 tasks, each of which joins the next, fails from its end without overflowing', async () => {
  const error = new Error('at the end')
  let caught = 0
  const exit = await run(function* () {
    yield* scope(
      function* () {
        let next = spawn(function* (): Gen<void> {
          yield* checkpoint()
          throw error
        })
        for (let i = 0; i < 20_000; i++) {
          const joined = next
          next = spawn(function* () {
            try {
              yield* joined
            } catch (thrown) {
              caught++
              throw thrown
            }
          })
        }
        try {
          yield* next
        } catch {}
      },
      { failFast: false },
    )
  }).settled()
  assert.equal(caught, 20_000)
  assert.ok(exit.status !== 'failed' || exit.error === error)
})

test('R26: cancelling a scope of 100,000 tasks runs every cleanup and lets the event loop breathe', async () => {
  let cleaned = 0
  let started = 0
  const child = function* () {
    try {
      started++
      yield* forever()
    } finally {
      cleaned++
      yield* checkpoint()
    }
  }
  const task = run(() =>
    scope(function* () {
      for (let i = 0; i < 100_000; i++) spawn(child)
      yield* forever()
    }),
  )
  while (started < 100_000) await turn()
  task.cancel()
  assert.ok((await turnsUntil(task)) > 3, 'the loop had turns in between')
  assert.equal(cleaned, 100_000)
})

test('R26: a deadline, a failing sibling and a lost race cancel 20,000 tasks alike', async () => {
  let cleaned = 0
  const child = function* () {
    try {
      yield* forever()
    } finally {
      cleaned++
    }
  }
  const crowd = () => all(Array.from({ length: 20_000 }, () => child))
  await run(() => moveOnAfter(1, crowd))
  assert.equal(cleaned, 20_000)
  const error = new Error('sibling')
  const exit = await run(() =>
    all([
      crowd,
      function* () {
        yield* checkpoint()
        throw error
      },
    ]),
  ).settled()
  assert.ok(exit.status === 'failed' && exit.error === error)
  assert.equal(cleaned, 40_000)
})

test('R26: 50,000 deferred functions of one cancelled scope all run', async () => {
  let ran = 0
  const task = run(function* () {
    for (let i = 0; i < 50_000; i++) defer(() => void ran++)
    yield* forever()
  })
  await turns()
  task.cancel()
  await task.settled()
  assert.equal(ran, 50_000)
})
