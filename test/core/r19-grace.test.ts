import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  defer,
  forever,
  GraceError,
  run,
  type Scope,
  scope,
  sleep,
  spawn,
  suspend,
  type Task,
  use,
} from 'omakase'
import { atDepths } from './depths.js'
import { gate } from './gate.js'
import { errorsIn, thrownBy } from './thrown.js'
import { turns } from './turns.js'

/** A body whose cleanup never ends. */
function* stuck() {
  try {
    yield* forever()
  } finally {
    yield* forever()
  }
}

atDepths('R19: past its grace a scope abandons its cleanup and throws GraceError', async deep => {
  const error = await thrownBy(
    run(() =>
      scope(
        function* (home) {
          spawn(() => deep(stuck), { name: 'stubborn' })
          yield* sleep(1)
          home.cancel()
          yield* forever()
        },
        { grace: 4 },
      ),
    ),
  )
  assert.ok(error instanceof GraceError)
  assert.deepEqual(
    error.tasks.map(task => task.name),
    ['stubborn'],
  )
  assert.match(error.message, /stubborn/)
  assert.match(error.message, /waits on/)
})

atDepths('R19: so it does where its own body is stuck', async deep => {
  const log: string[] = []
  const root = run(
    function* () {
      try {
        yield* scope(
          home =>
            deep(function* () {
              home.cancel()
              try {
                yield* forever()
              } finally {
                yield* forever()
              }
            }),
          { grace: 4 },
        )
      } catch (error) {
        log.push((error as Error).name)
        assert.deepEqual([...(error as GraceError).tasks], [root])
      }
      yield* sleep(1)
      log.push('on')
    },
    { name: 'root' },
  )
  await root
  assert.deepEqual(log, ['GraceError', 'on'])
})

test('R19: it names what each task waits on', async () => {
  const error = await thrownBy(
    run(() =>
      scope(
        function* (home) {
          spawn(stuck, { name: 'a' })
          spawn(
            function* () {
              try {
                yield* forever()
              } finally {
                yield* sleep(123_456)
              }
            },
            { name: 'b' },
          )
          yield* sleep(1)
          home.cancel()
          yield* forever()
        },
        { grace: 4 },
      ),
    ),
  )
  assert.ok(error instanceof GraceError)
  assert.deepEqual(new Set(error.tasks.map(task => task.name)), new Set(['a', 'b']))
  assert.match(error.message, /sleep/)
})

test('R19: a failure is a cancel too; the grace error stands beside it', async () => {
  const own = new Error('own')
  const error = await thrownBy(
    run(() =>
      scope(
        function* () {
          spawn(stuck)
          yield* sleep(1)
          throw own
        },
        { grace: 4 },
      ),
    ),
  )
  assert.equal(error.name, 'ScopeError')
  assert.equal(error.cause, own)
  assert.deepEqual(
    error.errors.map((each: Error) => each.name),
    ['Error', 'GraceError'],
  )
})

test('R19: so is a deadline', async () => {
  const error = await thrownBy(run(() => scope(stuck, { grace: 4, timeout: 2 })))
  assert.deepEqual(
    new Set(errorsIn(error).map(each => (each as Error).name)),
    new Set(['TimeoutError', 'GraceError']),
  )
})

test('R19: so is the end of the scope of daemons', async () => {
  const error = await thrownBy(
    run(() =>
      scope(
        function* () {
          spawn(stuck, { daemon: true, name: 'beat' })
          yield* sleep(1)
        },
        { grace: 4 },
      ),
    ),
  )
  assert.ok(error instanceof GraceError)
  assert.deepEqual(
    error.tasks.map(task => task.name),
    ['beat'],
  )
})

test('R19: so is a cancellation from outside', async () => {
  const task = run(() => scope(stuck, { grace: 4 }))
  await turns()
  task.cancel()
  const exit = await task.settled()
  assert.ok(exit.status === 'failed')
  assert.ok(exit.error instanceof GraceError)
})

test('R19: joiners of what was abandoned get the GraceError, settled() gives failed', async () => {
  let child!: Task<unknown>
  let grandchild!: Task<unknown>
  const task = run(() =>
    scope(
      function* (home) {
        child = spawn(function* () {
          grandchild = spawn(stuck)
          yield* forever()
        })
        yield* sleep(1)
        home.cancel()
        yield* forever()
      },
      { grace: 4 },
    ),
  )
  await turns()
  const before = run(function* () {
    yield* child
  })
  const error = await thrownBy(task)
  assert.ok(error instanceof GraceError)
  assert.equal(await thrownBy(before), error)
  assert.equal(await thrownBy(child), error)
  for (const each of [child, grandchild]) {
    assert.deepEqual(await each.settled(), { status: 'failed', error })
    assert.equal(each.state, 'failed')
  }
})

test('R19: cleanup that ends within the grace is let be', async () => {
  const log: string[] = []
  const error = await thrownBy(
    run(() =>
      scope(
        function* (home) {
          spawn(function* () {
            try {
              yield* forever()
            } finally {
              yield* sleep(2)
              log.push('cleaned up')
            }
          })
          yield* sleep(1)
          home.cancel('enough')
          yield* forever()
        },
        { grace: 1000 },
      ),
    ),
  )
  assert.equal(error.name, 'CancelledError')
  assert.deepEqual(log, ['cleaned up'])
})

test('R19: the grace runs from the cancel on, not from the beginning', async () => {
  const log: string[] = []
  const value = await run(() =>
    scope(
      function* () {
        spawn(function* () {
          yield* sleep(12)
          log.push('child')
        })
        yield* sleep(8)
        return 'value'
      },
      { grace: 2 },
    ),
  )
  assert.equal(value, 'value')
  assert.deepEqual(log, ['child'])
})

test('R19: without a grace there is no bound', async () => {
  const open = gate()
  const task = run(() =>
    scope(function* (home) {
      try {
        home.cancel()
        yield* forever()
      } finally {
        yield* open.wait()
      }
    }),
  )
  await new Promise(resolve => setTimeout(resolve, 20))
  assert.equal(task.state, 'waiting')
  open.open()
  assert.equal((await thrownBy(task)).name, 'CancelledError')
})

test('R19: a wait that cannot be aborted is abandoned too, and its late end disturbs nothing', async () => {
  let go!: () => void
  const log: string[] = []
  const task = run(() =>
    scope(
      function* (home) {
        spawn(function* () {
          yield* suspend<void>(resume => {
            go = () => resume()
          })
          log.push('never')
        })
        yield* sleep(1)
        home.cancel()
        yield* forever()
      },
      { grace: 4 },
    ),
  )
  assert.ok((await thrownBy(task)) instanceof GraceError)
  go()
  await turns()
  assert.deepEqual(log, [])
})

test('R19: an async body that ignores its signal is abandoned', async () => {
  let resolve!: () => void
  const task = run(() =>
    scope(
      function* (home) {
        spawn(() => new Promise<void>(done => (resolve = done)))
        yield* sleep(1)
        home.cancel()
        yield* forever()
      },
      { grace: 4 },
    ),
  )
  assert.ok((await thrownBy(task)) instanceof GraceError)
  resolve()
  await turns()
})

test('R19: a deferred function and a release that are stuck are abandoned', async () => {
  for (const release of [true, false]) {
    const task = run(() =>
      scope(
        function* (home) {
          if (release) yield* use(() => 1, forever)
          else defer(forever)
          home.cancel()
          yield* forever()
        },
        { grace: 4 },
      ),
    )
    assert.ok((await thrownBy(task)) instanceof GraceError)
  }
})

test('R19: an error of cleanup stands beside the GraceError', async () => {
  const cleanup = new Error('cleanup')
  const error = await thrownBy(
    run(() =>
      scope(
        function* (home) {
          spawn(stuck)
          spawn(function* () {
            try {
              yield* forever()
            } finally {
              // biome-ignore lint/correctness/noUnsafeFinally: an error of the cleanup
              throw cleanup
            }
          })
          yield* sleep(1)
          home.cancel()
          yield* forever()
        },
        { grace: 4 },
      ),
    ),
  )
  assert.equal(error.name, 'ScopeError')
  assert.ok(error.errors.includes(cleanup))
  assert.ok(error.errors.some((each: unknown) => each instanceof GraceError))
})

test('R19: what is abandoned is out of its scope: nothing is left in it, and it takes no more children', async () => {
  let home!: Scope
  const task = run(() =>
    scope(
      function* (inner) {
        home = inner
        spawn(stuck)
        yield* sleep(1)
        inner.cancel()
        yield* forever()
      },
      { grace: 4 },
    ),
  )
  await thrownBy(task)
  assert.deepEqual([...home.tasks], [])
  assert.throws(() => home.spawn(() => {}), { name: 'UsageError' })
})

test('R19: the grace of an inner scope does not end the outer one, which goes on', async () => {
  const log: string[] = []
  await run(function* () {
    const uncle = spawn(function* () {
      yield* sleep(12)
      return 'uncle'
    })
    try {
      yield* scope(stuck, { grace: 3, timeout: 1 })
    } catch (error) {
      log.push((error as Error).name)
    }
    log.push(yield* uncle)
  })
  assert.deepEqual(log, ['ScopeError', 'uncle'])
})
