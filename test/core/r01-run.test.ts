import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { test } from 'node:test'
import {
  CancelledError,
  checkpoint,
  co,
  currentTask,
  forever,
  run,
  scope,
  sleep,
  spawn,
  type Task,
} from 'omakase'
import { atDepths } from './depths.js'
import { gate } from './gate.js'
import { withKinds } from './kinds.js'
import { thrownBy } from './thrown.js'
import { turns } from './turns.js'

withKinds('R1: the value reaches await, yield* and settled() alike', async make => {
  const value = { some: 'value' }
  const task = run(make(() => value))
  assert.equal(await task, value)
  assert.equal(
    await run(function* () {
      return yield* task
    }),
    value,
  )
  assert.deepEqual(await task.settled(), { status: 'ok', value })
  assert.equal(task.state, 'ok')
})

const errors: unknown[] = [
  new Error('thrown'),
  'a string',
  '',
  undefined,
  null,
  0,
  Number.NaN,
  false,
  Symbol('thrown'),
  Object.freeze(new Error('frozen')),
  Object.create(null),
  () => {},
]

withKinds('R1: the error reaches await, yield* and settled() alike, the same object', async make => {
  for (const error of errors) {
    const task = run(
      make(() => {
        throw error
      }),
    )
    assert.ok(Object.is(await thrownBy(task), error))
    const joined = await run(function* () {
      try {
        yield* task
      } catch (caught) {
        return { caught }
      }
      return undefined
    })
    assert.ok(joined !== undefined && Object.is(joined.caught, error))
    const exit = await task.settled()
    assert.ok(exit.status === 'failed' && Object.is(exit.error, error))
    assert.equal(task.state, 'failed')
  }
})

atDepths(
  'R1: an error that is thrown below calls is the same object, even where it is a string',
  async deep => {
    for (const error of errors) {
      const task = run(() =>
        deep(function* () {
          yield* checkpoint()
          throw error
        }),
      )
      assert.ok(Object.is(await thrownBy(task), error))
    }
  },
)

atDepths('R1: the cancellation reaches await, yield* and settled() alike', async deep => {
  const task = run(() =>
    deep(function* () {
      yield* forever()
    }),
  )
  await turns()
  const why = { some: 'reason' }
  task.cancel(why)
  const awaited = await thrownBy(task)
  const joined = await thrownBy(
    run(function* () {
      yield* task
    }),
  )
  const exit = await task.settled()
  assert.ok(exit.status === 'cancelled')
  for (const error of [awaited, joined, exit.reason]) {
    assert.ok(error instanceof CancelledError)
    assert.equal(error.reason, why)
    assert.equal(error.task, task)
    assert.equal(error.source, undefined)
  }
  assert.equal(task.state, 'cancelled')
})

test('R1: those who were waiting before the end and those who come after it are told alike', async () => {
  const open = gate<number>()
  const task = run(() => open.wait())
  const seen: unknown[] = []
  const join = function* () {
    seen.push(yield* task)
  }
  const before = [
    run(join),
    run(join),
    task.then(value => seen.push(value)),
    task.settled().then(exit => seen.push(exit)),
  ]
  await turns()
  assert.equal(seen.length, 0)
  open.open(7)
  await Promise.all(before)
  await run(join)
  seen.push(await task, await task.settled())
  const exit = { status: 'ok', value: 7 }
  assert.equal(seen.filter(one => one === 7).length, 5)
  assert.deepEqual(
    seen.filter(one => one !== 7),
    [exit, exit],
  )
})

test('R1: a task that fails at its first step, and one that fails later, reject alike in Promise.all', async () => {
  const error = new Error('one of them')
  assert.equal(
    await thrownBy(
      Promise.all([
        run(() => 1),
        run(() => {
          throw error
        }),
      ]),
    ),
    error,
  )
})

test('R1: then() of a task keeps the contract of promises', async () => {
  const ok = run(() => 1)
  assert.equal(await ok.then(value => value + 1), 2)
  assert.equal(await ok.then(null, () => 'not called'), 1)
  const error = new Error('thrown')
  const failed = run(() => {
    throw error
  })
  assert.equal(
    await failed.then(
      () => 'not called',
      thrown => thrown,
    ),
    error,
  )
  assert.equal(await thrownBy(failed.then(value => value)), error)
  const steps: string[] = []
  const task = run(() => 1)
  const done = task.then(() => steps.push('then'))
  steps.push('after')
  await done
  assert.deepEqual(steps, ['after', 'then'])
})

withKinds('R1: run does not step the body in place', async make => {
  const log: string[] = []
  const task = run(make(() => log.push('body')))
  assert.equal(task.state, 'ready')
  log.push('after run')
  await task
  assert.deepEqual(log, ['after run', 'body'])
})

test('R1: the state tells what the task does', async () => {
  const open = gate()
  const states: string[] = []
  const task: Task<void> = run(function* () {
    states.push(task.state)
    yield* open.wait()
    states.push(task.state)
  })
  states.push(task.state)
  await turns()
  states.push(task.state)
  open.open()
  states.push(task.state)
  await task
  states.push(task.state)
  assert.deepEqual(states, ['ready', 'running', 'waiting', 'ready', 'running', 'ok'])
})

test('R1: a task is called what it was told to be, or what its function is', async () => {
  const body = function* readMail() {
    return currentTask()?.name
  }
  assert.equal(await run(body), 'readMail')
  assert.equal(await run(body, { name: 'mine' }), 'mine')
  const wrapped = co(body)
  assert.equal(await run(wrapped()), 'readMail')
  assert.equal(await run(wrapped), 'readMail')
  const ids = [run(body), run(body)].map(task => task.id)
  assert.notEqual(ids[0], ids[1])
})

test('R1: the signal given to run cancels the task with its own reason', async () => {
  const controller = new AbortController()
  const log: string[] = []
  const task = run(
    function* () {
      try {
        yield* forever()
      } finally {
        log.push('cleanup')
      }
    },
    { signal: controller.signal },
  )
  await turns()
  controller.abort('stop')
  const error = await thrownBy(task)
  assert.ok(error instanceof CancelledError)
  assert.equal(error.reason, 'stop')
  assert.deepEqual(log, ['cleanup'])
})

test('R1: a signal that was aborted before run cancels the task too', async () => {
  const task = run(forever, { signal: AbortSignal.abort('already') })
  const exit = await task.settled()
  assert.ok(exit.status === 'cancelled')
  assert.equal(exit.reason.reason, 'already')
})

test('R1: a signal that is aborted after the end changes nothing', async () => {
  const controller = new AbortController()
  const task = run(() => 1, { signal: controller.signal })
  await task
  controller.abort()
  assert.deepEqual(await task.settled(), { status: 'ok', value: 1 })
})

test('R1: the value counts after the children of the task have ended, as with a scope', async () => {
  const log: string[] = []
  const value = await run(function* () {
    spawn(function* () {
      yield* sleep(2)
      log.push('child')
    })
    return 'value'
  })
  log.push(value)
  assert.deepEqual(log, ['child', 'value'])
})

test('R1: a run inside a task is a root: it neither ends with that task nor fails it', async () => {
  const open = gate<string>()
  let inner!: Task<string>
  let failing!: Task<never>
  const outer = run(function* () {
    inner = run(open.wait)
    failing = run(() => {
      throw new Error('its own business')
    })
    yield* failing.settled()
    yield* scope(forever)
  })
  await turns()
  outer.cancel()
  assert.equal((await outer.settled()).status, 'cancelled')
  assert.equal(inner.state, 'waiting')
  open.open('still there')
  assert.equal(await inner, 'still there')
})

test('R1: await of a coroutine runs it as a root task, once', async () => {
  let times = 0
  const add = co(function* (a: number, b: number) {
    times++
    yield* checkpoint()
    return a + b
  })
  assert.equal(await add(1, 2), 3)
  assert.equal(times, 1)
  const error = new Error('thrown')
  assert.equal(
    await thrownBy(
      co(function* () {
        throw error
      })(),
    ),
    error,
  )
})

test('R1: co may be given the same function again', async () => {
  const fn = function* (n: number) {
    yield* checkpoint()
    return n
  }
  const once = co(fn)
  const again = co(fn)
  assert.equal(await once(1), 1)
  assert.equal(await again(2), 2)
})

test('R1: nothing is left on the signal given to run when the task has ended', async () => {
  const { signal } = new AbortController()
  await run(() => 1, { signal })
  await run(
    () => {
      throw new Error('failed')
    },
    { signal },
  ).settled()
  const cancelled = run(forever, { signal })
  cancelled.cancel()
  await cancelled.settled()
  assert.equal(getEventListeners(signal, 'abort').length, 0)
})
