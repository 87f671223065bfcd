import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allSettled, checkpoint, co, forever, run, scope, shield, sleep, spawn, type Task } from 'omakase'
import { atDepths } from './depths.js'
import { fails } from './fails.js'
import { gate } from './gate.js'
import { turns } from './turns.js'

atDepths(
  'decision 3: a spawn in a helper belongs to the scope around the call, which waits for it',
  async deep => {
    const log: string[] = []
    await run(function* () {
      yield* scope(function* () {
        yield* deep(function* () {
          spawn(function* () {
            yield* sleep(2)
            log.push('child')
          })
          log.push('helper')
        })
        log.push('body')
      })
      log.push('scope')
    })
    assert.deepEqual(log, ['helper', 'body', 'child', 'scope'])
  },
)

test('decision 3: no task outlives its parent, however it ends', async () => {
  const ends: Record<string, (tasks: Task<unknown>[]) => Task<unknown>> = {
    'it returns': tasks =>
      run(function* () {
        tasks.push(spawn(() => sleep(3)))
      }),
    'it fails': tasks =>
      run(function* () {
        tasks.push(spawn(forever))
        yield* checkpoint()
        throw new Error('parent')
      }),
    'it is cancelled': tasks => {
      const task = run(function* () {
        tasks.push(spawn(forever))
        yield* forever()
      })
      setImmediate(() => task.cancel())
      return task
    },
  }
  for (const end of Object.values(ends)) {
    const tasks: Task<unknown>[] = []
    const parent = end(tasks)
    await parent.settled()
    assert.equal(tasks.length, 1)
    assert.ok(['ok', 'failed', 'cancelled'].includes(tasks[0]!.state))
  }
})

test('decision 3: at the moment at which a joiner goes on, the whole tree below has ended', async () => {
  const tasks: Task<unknown>[] = []
  const tree = (depth: number) =>
    function* (): Generator<any, void, any> {
      if (depth === 0) return yield* sleep(depth % 3)
      for (let i = 0; i < 3; i++) tasks.push(spawn(tree(depth - 1)))
    }
  await run(function* () {
    yield* spawn(tree(4))
    assert.equal(tasks.length, 3 + 9 + 27 + 81)
    for (const task of tasks) assert.equal(task.state, 'ok')
  })
})

test('decision 3: at the moment at which a cancelled parent has ended, the tree below has cleaned up', async () => {
  let cleaned = 0
  const tree = (depth: number) =>
    function* (): Generator<any, void, any> {
      for (let i = 0; i < 3 && depth > 0; i++) spawn(tree(depth - 1))
      try {
        yield* forever()
      } finally {
        for (let i = 0; i < depth; i++) yield* checkpoint()
        yield* sleep(depth)
        cleaned++
      }
    }
  const task = run(tree(3))
  await turns(10)
  task.cancel()
  await task.settled()
  assert.equal(cleaned, 1 + 3 + 9 + 27)
})

test('decision 3: children that a scope gives up on are gone before the next statement', async () => {
  let running = 0
  await run(function* () {
    for (let i = 0; i < 5; i++) {
      yield* allSettled([
        scope(function* () {
          for (let n = 0; n < 4; n++) {
            spawn(function* () {
              running++
              try {
                yield* sleep(10_000)
              } finally {
                yield* checkpoint()
                running--
              }
            })
          }
          yield* checkpoint()
          throw new Error('enough')
        }),
      ])
      assert.equal(running, 0)
    }
  })
})

test('decision 3: a task belongs to the innermost scope where spawn is called, not where it was defined', async () => {
  const log: string[] = []
  await run(function* () {
    const helper = co(function* () {
      spawn(function* () {
        try {
          yield* forever()
        } finally {
          log.push('child')
        }
      })
      yield* checkpoint()
    })
    try {
      yield* scope(function* () {
        yield* helper()
        throw new Error('inner')
      })
    } catch {}
    log.push('on')
  })
  assert.deepEqual(log, ['child', 'on'])
})

test('decision 3: an async body does not let its children go either', async () => {
  const log: string[] = []
  const error = new Error('async')
  await fails(
    run(async () => {
      spawn(function* () {
        try {
          yield* forever()
        } finally {
          yield* checkpoint()
          log.push('child')
        }
      })
      await null
      throw error
    }),
    error,
  )
  assert.deepEqual(log, ['child'])
})

test('decision 3: a shield is no scope: what is spawned in it belongs outside, and is not shielded', async () => {
  const log: string[] = []
  const open = gate()
  const task = run(function* () {
    yield* shield(function* () {
      spawn(function* () {
        try {
          yield* forever()
        } finally {
          log.push('child')
        }
      })
      yield* open.wait()
      log.push('shield')
    })
    log.push('never')
  })
  await turns()
  task.cancel()
  await turns()
  open.open()
  await task.settled()
  assert.deepEqual(log, ['child', 'shield'])
})
