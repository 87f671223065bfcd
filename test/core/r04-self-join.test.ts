import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  all,
  checkpoint,
  currentTask,
  defer,
  run,
  type Scope,
  scope,
  spawn,
  type Task,
  timeout,
} from 'omakase'
import { atDepths } from './depths.js'
import { gate } from './gate.js'
import { thrownBy } from './thrown.js'

atDepths('R4: a task that joins itself gets DeadlockError, and can go on', async deep => {
  const log: unknown[] = []
  await run(() =>
    deep(function* () {
      for (const join of [() => currentTask()!, () => currentTask()!.settled()]) {
        try {
          yield* join()
          log.push('not reached')
        } catch (error) {
          log.push((error as Error).name)
        }
        yield* checkpoint()
      }
    }),
  )
  assert.deepEqual(log, ['DeadlockError', 'DeadlockError'])
})

atDepths('R4: a task that joins an ancestor gets DeadlockError', async deep => {
  const caught: Error[] = []
  const root: Task<void> = run(
    function* () {
      const parent: Task<void> = spawn(
        function* () {
          yield* scope(function* () {
            spawn(
              () =>
                deep(function* () {
                  for (const ancestor of [parent, root]) {
                    try {
                      yield* ancestor
                    } catch (error) {
                      caught.push(error as Error)
                    }
                    try {
                      yield* ancestor.settled()
                    } catch (error) {
                      caught.push(error as Error)
                    }
                  }
                }),
              { name: 'grandchild' },
            )
          })
        },
        { name: 'parent' },
      )
    },
    { name: 'root' },
  )
  await root
  assert.deepEqual(
    caught.map(error => error.name),
    ['DeadlockError', 'DeadlockError', 'DeadlockError', 'DeadlockError'],
  )
  assert.match(caught[0]!.message, /grandchild/)
  assert.match(caught[0]!.message, /parent/)
  assert.match(caught[2]!.message, /root/)
})

test('R4: a child of a scope, a daemon, and one spawned from elsewhere know their ancestors', async () => {
  const names: string[] = []
  const root: Task<void> = run(function* () {
    const join = function* () {
      try {
        yield* root
      } catch (error) {
        names.push((error as Error).name)
      }
    }
    let home!: Scope
    const open = gate()
    const holder = spawn(() =>
      scope(function* (inner) {
        home = inner
        inner.spawn(join)
        inner.spawn(join, { daemon: true })
        yield* open.wait()
      }),
    )
    yield* checkpoint()
    home.spawn(join)
    yield* timeout(1000, () => all([join]))
    open.open()
    yield* holder
  })
  await root
  assert.deepEqual(names, ['DeadlockError', 'DeadlockError', 'DeadlockError', 'DeadlockError'])
})

test('R4: joining an ancestor that nobody catches fails the tree with the DeadlockError', async () => {
  const root: Task<void> = run(function* () {
    spawn(function* () {
      yield* root
    })
  })
  assert.equal((await thrownBy(root)).name, 'DeadlockError')
})

test('R4: brothers, nephews and other roots may be joined', async () => {
  const value = await run(function* () {
    const brother = spawn(function* () {
      yield* checkpoint()
      return 1
    })
    const other = run(function* () {
      return yield* brother
    })
    return yield* spawn(() =>
      scope(function* () {
        return (yield* brother) + (yield* other)
      }),
    )
  })
  assert.equal(value, 2)
})

test('R4: a task may not join itself in its cleanup either', async () => {
  const error = await thrownBy(
    run(function* () {
      defer(function* () {
        yield* currentTask()!
      })
    }),
  )
  assert.equal(error.name, 'DeadlockError')
})

test('R4: but the cleanup of a scope may join a child', async () => {
  const values: unknown[] = []
  await scope(function* () {
    const child = spawn(() => 'child')
    defer(function* () {
      values.push(yield* child)
    })
  })
  assert.deepEqual(values, ['child'])
})
