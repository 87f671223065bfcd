import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  CancelledError,
  checkpoint,
  currentTask,
  defer,
  forever,
  run,
  scope,
  sleep,
  spawn,
  suspend,
  type Task,
} from 'omakase'
import { atDepths } from './depths.js'
import { gate } from './gate.js'
import { errorsIn, thrownBy } from './thrown.js'
import { turns } from './turns.js'

async function reasonOf(task: Task<unknown>): Promise<unknown> {
  const exit = await task.settled()
  assert.ok(exit.status === 'cancelled')
  return exit.reason.reason
}

atDepths('R15: cancel is idempotent and keeps the first reason', async deep => {
  let cleanups = 0
  const task = run(() =>
    deep(function* () {
      try {
        yield* forever()
      } finally {
        cleanups++
        yield* sleep(2)
      }
    }),
  )
  await turns()
  task.cancel('first')
  task.cancel('second')
  await turns()
  task.cancel('third')
  assert.equal(await reasonOf(task), 'first')
  task.cancel('fourth')
  assert.equal(await reasonOf(task), 'first')
  assert.equal(cleanups, 1)
})

test('R15: a first cancel without a reason is the first all the same', async () => {
  const task = run(forever)
  await turns()
  task.cancel()
  task.cancel('late reason')
  assert.equal(await reasonOf(task), undefined)
})

test('R15: any value may be the reason, also an error, which is not thrown', async () => {
  for (const reason of [new Error('reason'), null, 0, '', Symbol('why'), new CancelledError('nested')]) {
    const task = run(forever)
    await turns()
    task.cancel(reason)
    assert.equal(await reasonOf(task), reason)
  }
})

test('R15: the scope keeps its first reason, too', async () => {
  const error = await thrownBy(
    scope(function* (home) {
      home.cancel('first')
      home.cancel('second')
      try {
        yield* checkpoint()
      } finally {
        home.cancel('third')
      }
    }),
  )
  assert.equal(error.reason, 'first')
})

test('R15: a task that is cancelled keeps its reason where its scope is cancelled while it cleans up', async () => {
  const reasons: unknown[] = []
  const root = run(function* () {
    const child = spawn(function* () {
      try {
        yield* forever()
      } finally {
        yield* sleep(2)
      }
    })
    defer(async () => reasons.push(await reasonOf(child)))
    yield* checkpoint()
    child.cancel('its own')
    yield* checkpoint()
    currentTask()!.cancel('the scope')
    yield* forever()
  })
  reasons.push(await reasonOf(root))
  assert.deepEqual(reasons, ['its own', 'the scope'])
})

test('R15: cancel may be called before the first step', async () => {
  const log: string[] = []
  const task = run(function* () {
    log.push('started')
    yield* checkpoint()
    log.push('never')
  })
  task.cancel('early')
  task.cancel('again')
  assert.equal(task.state, 'ready')
  assert.equal(await reasonOf(task), 'early')
  assert.deepEqual(log, ['started'])
})

test('R15: cancelling a finished task does nothing, however it ended', async () => {
  const ok = run(() => 'value')
  await ok
  ok.cancel()
  assert.deepEqual(await ok.settled(), { status: 'ok', value: 'value' })
  assert.equal(await ok, 'value')
  const error = new Error('failed')
  const failed = run(() => {
    throw error
  })
  await failed.settled()
  failed.cancel()
  assert.deepEqual(await failed.settled(), { status: 'failed', error })
  const cancelled = run(forever)
  cancelled.cancel('first')
  await cancelled.settled()
  cancelled.cancel('second')
  assert.equal(await reasonOf(cancelled), 'first')
})

test('R15: it may be called by the task itself, its child, its parent, a stranger, and its cleanup', async () => {
  const self: Task<void> = run(function* () {
    try {
      self.cancel('self')
      yield* checkpoint()
    } finally {
      self.cancel('cleanup')
      currentTask()!.cancel('cleanup')
    }
  })
  assert.equal(await reasonOf(self), 'self')
  const parent: Task<void> = run(function* () {
    spawn(function* () {
      parent.cancel('child')
      yield* checkpoint()
      assert.fail('the child goes with its parent')
    })
    yield* forever()
  })
  assert.equal(await reasonOf(parent), 'child')
})

test('R15: the error says who asked', async () => {
  let child!: Task<unknown>
  const root = run(function* () {
    child = spawn(forever)
    yield* checkpoint()
    child.cancel('why')
  })
  await root
  const exit = await child.settled()
  assert.ok(exit.status === 'cancelled')
  assert.equal(exit.reason.source, root)
  assert.equal(exit.reason.task, child)
})

test('R15: cancel never throws, whatever the abort functions do; what they throw is not lost', async () => {
  const broken = new Error('broken abort')
  const task = run(function* () {
    for (let i = 0; i < 3; i++) {
      spawn(() =>
        suspend(() => () => {
          throw broken
        }),
      )
    }
    yield* suspend(() => () => {
      throw broken
    })
  })
  await turns()
  task.cancel()
  task.cancel()
  const error = await thrownBy(task)
  assert.ok(errorsIn(error).includes(broken))
})

test('R15: cancel may be called from an abort function, also of the same task', async () => {
  const other = run(forever)
  await turns()
  const task: Task<unknown> = run(() =>
    suspend(() => () => {
      task.cancel('inner')
      other.cancel('from the abort function')
    }),
  )
  await turns()
  task.cancel('outer')
  assert.equal(await reasonOf(task), 'outer')
  assert.equal(await reasonOf(other), 'from the abort function')
})

test('R15: cancel returns before anything of the task runs', async () => {
  const log: string[] = []
  const task = run(function* () {
    try {
      yield* forever()
    } finally {
      log.push('finally')
    }
  })
  await turns()
  task.cancel()
  log.push('cancel returned')
  await task.settled()
  assert.deepEqual(log, ['cancel returned', 'finally'])
})

test('R15: cancelling a task that only waits for its children, or for a deferred function', async () => {
  const log: string[] = []
  const open = gate()
  const waiting = run(function* () {
    spawn(function* () {
      try {
        yield* forever()
      } finally {
        log.push('child')
      }
    })
    return 'value'
  })
  const deferring = run(function* () {
    defer(() => open.wait())
    return 'value'
  })
  await turns()
  waiting.cancel('late')
  deferring.cancel('late')
  assert.equal(await reasonOf(waiting), 'late')
  assert.deepEqual(log, ['child'])
  await turns()
  assert.equal(deferring.state, 'waiting')
  open.open()
  assert.deepEqual(await deferring.settled(), { status: 'ok', value: 'value' })
})
