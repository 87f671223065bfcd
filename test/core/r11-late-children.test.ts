import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  checkpoint,
  currentTask,
  defer,
  forever,
  local,
  run,
  type Scope,
  scope,
  sleep,
  spawn,
  type Task,
} from 'omakase'
import { atDepths } from './depths.js'
import { fails } from './fails.js'
import { gate } from './gate.js'
import { turns } from './turns.js'

/** A scope that is held open by a child until the gate is opened. */
function held() {
  const open = gate()
  const places: { home?: Scope } = {}
  const task = run(() =>
    scope(function* (home) {
      places.home = home
      spawn(() => open.wait())
      return 'value'
    }),
  )
  return { open: () => open.open(), task, home: () => places.home! }
}

atDepths(
  'R11: a scope takes children while it waits for the last ones, and waits for them too',
  async deep => {
    const { open, task, home } = held()
    await turns()
    const last = gate()
    const child = home().spawn(() =>
      deep(function* () {
        yield* last.wait()
        return 'late'
      }),
    )
    open()
    await turns()
    assert.equal(task.state, 'waiting')
    last.open()
    assert.equal(await child, 'late')
    assert.equal(await task, 'value')
  },
)

test('R11: a child may give its scope further children for as long as it likes', async () => {
  const log: number[] = []
  await scope(function* (home) {
    const next = (i: number) =>
      function* () {
        log.push(i)
        yield* checkpoint()
        if (i < 20) home.spawn(next(i + 1))
      }
    spawn(next(0))
  })
  assert.equal(log.length, 21)
})

test('R11: also from cleanup: deferred functions, and the finally of a child', async () => {
  const log: string[] = []
  const late = (name: string) =>
    function* () {
      yield* sleep(1)
      log.push(name)
    }
  await run(function* () {
    yield* scope(function* (home) {
      defer(function* () {
        spawn(late('spawned by the deferred function'))
        home.spawn(late('given by the deferred function'))
        yield* checkpoint()
      })
      home.spawn(function* () {
        try {
          yield* checkpoint()
        } finally {
          home.spawn(late('given by the finally of a child'))
        }
      })
    })
    log.push('scope')
  })
  assert.deepEqual(log, [
    'given by the finally of a child',
    'spawned by the deferred function',
    'given by the deferred function',
    'scope',
  ])
})

test('R11: what a cancelled scope is given in its cleanup is cancelled from the start, and waited for', async () => {
  const log: string[] = []
  await fails(
    run(() =>
      scope(function* (home) {
        spawn(function* () {
          try {
            yield* forever()
          } finally {
            home.spawn(function* () {
              log.push('started')
              try {
                yield* checkpoint()
                log.push('never')
              } finally {
                yield* sleep(1)
                log.push('cleaned up')
              }
            })
          }
        })
        yield* checkpoint()
        home.cancel()
      }),
    ),
    { name: 'CancelledError' },
  )
  assert.deepEqual(log, ['started', 'cleaned up'])
})

test('R11: a child that fails late fails the scope', async () => {
  const { open, task, home } = held()
  const error = new Error('late')
  await turns()
  home().spawn(() => {
    throw error
  })
  await fails(task, error)
  open()
})

test('R11: once it has ended, a scope refuses: spawn, start and defer', async () => {
  const { open, task, home } = held()
  await turns()
  open()
  await task
  const usage = { name: 'UsageError' }
  assert.throws(() => home().spawn(() => {}), usage)
  assert.throws(() => home().spawn(() => {}, { daemon: true }), usage)
  await fails(
    run(() => home().start<number>(ready => ready(1))),
    usage,
  )
  assert.throws(() => home().defer(() => {}), usage)
  home().cancel()
  assert.equal(await task, 'value')
})

test('R11: whatever way it ended: failed, cancelled, or out of time', async () => {
  const ended: Scope[] = []
  await run(function* () {
    try {
      yield* scope(function* (home) {
        ended.push(home)
        throw new Error('failed')
      })
    } catch {}
    try {
      yield* scope(function* (home) {
        ended.push(home)
        home.cancel()
        yield* checkpoint()
      })
    } catch {}
    try {
      yield* scope(
        function* (home) {
          ended.push(home)
          yield* forever()
        },
        { timeout: 1 },
      )
    } catch {}
    assert.equal(ended.length, 3)
    for (const home of ended) assert.throws(() => home.spawn(() => {}), { name: 'UsageError' })
  })
})

test('R11: the refusal names the scope', async () => {
  let home!: Scope
  await scope(
    function* (inner) {
      home = inner
    },
    { name: 'downloads' },
  )
  assert.throws(() => home.spawn(() => {}), { name: 'UsageError', message: /downloads/ })
})

test('R11: Scope.spawn may be called outside of any task; the child sees the locals of the owner', async () => {
  const user = local('user', 'nobody')
  let home!: Scope
  const task = run(() =>
    user.with('ann', () =>
      scope(function* (inner) {
        home = inner
        yield* forever()
      }),
    ),
  )
  await turns()
  assert.equal(user.get(), 'nobody')
  const names: string[] = []
  const child: Task<void> = home.spawn(function* () {
    assert.equal(currentTask(), child)
    names.push(user.get())
    spawn(function* () {
      yield* checkpoint()
      names.push(user.get())
    })
  })
  const started = home.spawn(async () => user.get())
  await child
  assert.equal(await started, 'ann')
  assert.deepEqual(names, ['ann', 'ann'])
  assert.equal(currentTask(), undefined)
  task.cancel()
  await task.settled()
})

test('R11: the scope of the task itself takes children while the task waits for its last ones', async () => {
  const log: string[] = []
  const task = run(function* () {
    defer(function* () {
      spawn(function* () {
        yield* checkpoint()
        log.push('child of the cleanup')
      })
    })
    spawn(function* () {
      yield* checkpoint()
      log.push('child')
    })
    return 'value'
  })
  assert.equal(await task, 'value')
  assert.deepEqual(log, ['child', 'child of the cleanup'])
})

test('R11: start gives a child to the scope, also while it waits', async () => {
  const { open, task, home } = held()
  await turns()
  const log: unknown[] = []
  const starter = run(function* () {
    log.push(
      yield* home().start<number>(function* (ready) {
        ready(1)
        yield* sleep(1)
        log.push('child')
      }),
    )
  })
  await starter
  open()
  await task
  log.push('scope')
  assert.deepEqual(log, [1, 'child', 'scope'])
})

test('R11: tasks lists the children that have not ended', async () => {
  await scope(function* (home) {
    const a = spawn(function* () {
      yield* checkpoint()
    })
    const b = spawn(forever)
    assert.deepEqual([...home.tasks], [a, b])
    yield* a
    assert.deepEqual([...home.tasks], [b])
    b.cancel()
    yield* b.settled()
    assert.deepEqual([...home.tasks], [])
  })
})
