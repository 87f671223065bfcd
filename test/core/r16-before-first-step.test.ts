import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Co,
  channel,
  checkpoint,
  co,
  defer,
  forever,
  type Instruction,
  run,
  Semaphore,
  scope,
  shield,
  sleep,
  spawn,
  type Task,
  wait,
} from 'omakase'
import { turns } from './turns.js'

const below = co(function* (calls: number, bottom: () => Co<void>): Generator<Instruction, void, any> {
  if (calls === 0) yield* bottom()
  else yield* below(calls - 1, bottom)
})

for (const calls of [0, 1, 3, 1000]) {
  test(`R16: a task that is cancelled before its first step runs to its first checkpoint (${calls} calls deep)`, async () => {
    const log: string[] = []
    const bottom = co(function* () {
      log.push('started')
      try {
        log.push('before the checkpoint')
        yield* checkpoint()
        log.push('never')
      } catch {
        log.push('never')
      } finally {
        log.push('finally')
      }
      log.push('never')
    })
    const task = run(below(calls, bottom))
    task.cancel()
    assert.equal((await task.settled()).status, 'cancelled')
    assert.deepEqual(log, ['started', 'before the checkpoint', 'finally'])
  })
}

test('R16: so what it was handed is cleaned up', async () => {
  const released: string[] = []
  const holder = function* (name: string) {
    try {
      yield* forever()
    } finally {
      released.push(name)
    }
  }
  await run(function* () {
    const handed = ['a', 'b', 'c']
    const tasks = [
      spawn(holder(handed[0]!)),
      spawn(() => holder(handed[1]!)),
      spawn(function* () {
        defer(() => released.push(handed[2]!))
        yield* forever()
      }),
    ]
    for (const task of tasks) task.cancel()
    yield* checkpoint()
  })
  assert.deepEqual(released, ['a', 'b', 'c'])
})

test('R16: a body that has no checkpoint ends ok', async () => {
  for (const body of [
    () => 'value',
    async () => 'value',
    function* () {
      return 'value'
    },
    co(function* () {
      return yield* co(function* () {
        return 'value'
      })()
    }),
  ]) {
    const task = run<string>(body)
    task.cancel()
    assert.deepEqual(await task.settled(), { status: 'ok', value: 'value' })
  }
})

test('R16: an async body is called with a signal that is aborted already', async () => {
  const seen: unknown[] = []
  const task = run(async signal => {
    seen.push(signal.aborted)
    signal.throwIfAborted()
  })
  task.cancel('early')
  assert.equal((await task.settled()).status, 'cancelled')
  assert.deepEqual(seen, [true])
})

test('R16: one that fails before its first checkpoint has failed', async () => {
  const error = new Error('early')
  const task = run(function* () {
    throw error
  })
  task.cancel()
  assert.deepEqual(await task.settled(), { status: 'failed', error })
})

test('R16: the children that it spawns until then go the same way', async () => {
  const log: string[] = []
  const child = (name: string) =>
    function* () {
      log.push(name)
      try {
        yield* checkpoint()
        log.push('never')
      } finally {
        yield* checkpoint()
        log.push(`${name} cleaned up`)
      }
    }
  const task = run(function* () {
    spawn(child('a'))
    spawn(child('b'))
    log.push('parent')
    yield* checkpoint()
    log.push('never')
  })
  task.cancel()
  await task.settled()
  assert.deepEqual(log, ['parent', 'a', 'b', 'a cleaned up', 'b cleaned up'])
})

test('R16: leaving a scope is such a checkpoint, entering it or a shield is not', async () => {
  const log: string[] = []
  const task = run(function* () {
    yield* shield(function* () {
      yield* sleep(1)
      log.push('shielded')
    })
    log.push('never')
  })
  task.cancel()
  assert.equal((await task.settled()).status, 'cancelled')
  const other = run(function* () {
    yield* scope(function* () {
      log.push('in the scope')
    })
    log.push('never')
  })
  other.cancel()
  assert.equal((await other.settled()).status, 'cancelled')
  assert.deepEqual(log, ['shielded', 'in the scope'])
})

const first: Record<string, () => Task<unknown>> = {
  sleep: () => run(sleep(1)),
  checkpoint: () => run(checkpoint()),
  forever: () => run(forever()),
  'a receive that is ready': () => {
    const [sender, receiver] = channel<number>(1)
    sender.trySend(1)
    return run(receiver.receive())
  },
  'a send that is ready': () => run(channel<number>(1)[0].send(1)),
  'a permit that is free': () => run(new Semaphore(1).acquire()),
  'a promise': () => run(() => wait(Promise.resolve(1))),
  'a join': () => {
    const other = run(() => 1)
    return run(() => other.settled())
  },
}

for (const [name, start] of Object.entries(first)) {
  test(`R16: ${name} as the first thing is its first checkpoint`, async () => {
    const task = start()
    task.cancel()
    assert.equal((await task.settled()).status, 'cancelled')
  })
}

test('R16: a child that its failing sibling or its scope cancels before its start runs to its first checkpoint', async () => {
  const log: string[] = []
  const child = function* () {
    log.push('started')
    try {
      yield* checkpoint()
    } finally {
      log.push('finally')
    }
  }
  const failing = run(function* () {
    spawn(() => {
      throw new Error('sibling')
    })
    spawn(child)
    yield* forever()
  })
  assert.equal((await failing.settled()).status, 'failed')
  assert.deepEqual(log, ['started', 'finally'])
  const cancelled = run(() =>
    scope(function* (home) {
      spawn(child)
      home.cancel()
      yield* checkpoint()
    }),
  )
  assert.equal((await cancelled.settled()).status, 'failed')
  assert.deepEqual(log, ['started', 'finally', 'started', 'finally'])
})

test('R16: the signal of run may have been aborted before: the same', async () => {
  const log: string[] = []
  const task = run(
    function* () {
      log.push('started')
      yield* checkpoint()
      log.push('never')
    },
    { signal: AbortSignal.abort() },
  )
  assert.equal((await task.settled()).status, 'cancelled')
  await turns()
  assert.deepEqual(log, ['started'])
})
