import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkpoint, defer, forever, run, type Scope, scope, sleep, spawn, type Task } from 'omakase'
import { atDepths } from './depths.js'
import { raise } from './fails.js'
import { gate } from './gate.js'
import { holds, thrownBy } from './thrown.js'
import { turns } from './turns.js'

const daemon = { daemon: true }
const one = new Error('one')

atDepths('R12: a daemon is cancelled when the body and the other children have ended', async deep => {
  const log: string[] = []
  const value = await scope(function* () {
    spawn(
      () =>
        deep(function* () {
          try {
            yield* forever()
            log.push('never')
          } catch {
            log.push('never')
          } finally {
            yield* sleep(1)
            log.push('daemon')
          }
        }),
      daemon,
    )
    spawn(function* () {
      yield* sleep(3)
      log.push('child')
    })
    yield* checkpoint()
    log.push('body')
    return 'value'
  })
  log.push(value)
  assert.deepEqual(log, ['body', 'child', 'daemon', 'value'])
})

test('R12: it works on until then', async () => {
  let beats = 0
  await scope(function* () {
    spawn(function* () {
      for (;;) {
        beats++
        yield* sleep(1)
      }
    }, daemon)
    spawn(function* () {
      while (beats < 3) yield* sleep(1)
    })
  })
  assert.ok(beats >= 3)
})

test('R12: a daemon that had not started runs to its first checkpoint', async () => {
  const log: string[] = []
  await scope(function* () {
    spawn(function* () {
      log.push('started')
      try {
        yield* checkpoint()
        log.push('never')
      } finally {
        log.push('finally')
      }
    }, daemon)
  })
  assert.deepEqual(log, ['started', 'finally'])
})

test('R12: a scope that has nothing but daemons ends, and they are cancelled, not failed', async () => {
  const daemons: Task<unknown>[] = []
  await scope(function* () {
    for (let i = 0; i < 3; i++) daemons.push(spawn(forever, daemon))
  })
  assert.deepEqual(
    daemons.map(each => each.state),
    ['cancelled', 'cancelled', 'cancelled'],
  )
})

test('R12: the children of a daemon go with it', async () => {
  const log: string[] = []
  await scope(function* () {
    spawn(function* () {
      spawn(function* () {
        try {
          yield* forever()
        } finally {
          yield* checkpoint()
          log.push('child of the daemon')
        }
      })
      try {
        yield* forever()
      } finally {
        log.push('daemon')
      }
    }, daemon)
    yield* sleep(1)
  })
  log.push('scope')
  assert.deepEqual(new Set(log.slice(0, 2)), new Set(['child of the daemon', 'daemon']))
  assert.equal(log[2], 'scope')
})

test('R12: a daemon that ends by itself is no matter, one that fails fails its scope', async () => {
  assert.equal(
    await scope(function* () {
      spawn(function* () {}, daemon)
      yield* sleep(1)
      return 'value'
    }),
    'value',
  )
  assert.equal(
    await thrownBy(
      scope(function* () {
        spawn(() => {
          throw one
        }, daemon)
        yield* forever()
      }),
    ),
    one,
  )
})

test('R12: an error in the cleanup of a daemon is thrown by the scope', async () => {
  const two = new Error('two')
  const cleanup = (error: Error) =>
    function* () {
      try {
        yield* forever()
      } finally {
        yield* checkpoint()
        raise(error)
      }
    }
  assert.equal(
    await thrownBy(
      scope(function* () {
        spawn(cleanup(one), daemon)
        yield* checkpoint()
      }),
    ),
    one,
  )
  holds(
    await thrownBy(
      scope(function* () {
        spawn(cleanup(one), daemon)
        spawn(cleanup(two), daemon)
        yield* checkpoint()
      }),
    ),
    one,
    two,
  )
})

test('R12: deferred functions run after the daemons have ended', async () => {
  const log: string[] = []
  await scope(function* () {
    defer(() => log.push('deferred'))
    spawn(function* () {
      try {
        yield* forever()
      } finally {
        yield* sleep(1)
        log.push('daemon')
      }
    }, daemon)
    yield* checkpoint()
  })
  assert.deepEqual(log, ['daemon', 'deferred'])
})

test('R12: the daemons of a task go when the task has nothing else to do', async () => {
  const log: string[] = []
  const task = run(function* () {
    spawn(function* () {
      try {
        yield* forever()
      } finally {
        log.push('daemon')
      }
    }, daemon)
    spawn(() => sleep(1))
    yield* checkpoint()
    return 'value'
  })
  assert.equal(await task, 'value')
  assert.deepEqual(log, ['daemon'])
})

test('R12: what arrives while the daemons clean up is waited for as well', async () => {
  const log: string[] = []
  await scope(function* (home) {
    spawn(function* () {
      try {
        yield* forever()
      } finally {
        home.spawn(function* () {
          yield* sleep(2)
          log.push('late child')
        })
      }
    }, daemon)
    yield* checkpoint()
  })
  log.push('scope')
  assert.equal(log.at(-1), 'scope')
})

test('R12: a child that comes while only daemons and it are left keeps the scope open for the daemons', async () => {
  let home!: Scope
  const [body, late] = [gate(), gate()]
  const log: string[] = []
  const task = run(() =>
    scope(function* (inner) {
      home = inner
      spawn(function* () {
        try {
          yield* forever()
        } finally {
          log.push('daemon')
        }
      }, daemon)
      yield* body.wait()
      log.push('body')
    }),
  )
  await turns()
  home.spawn(function* () {
    yield* late.wait()
    log.push('late child')
  })
  body.open()
  await turns()
  late.open()
  await task
  assert.deepEqual(log, ['body', 'late child', 'daemon'])
})

test('R12: those outside who join a daemon are told that it was cancelled', async () => {
  let beat!: Task<never>
  const open = gate()
  const task = run(() =>
    scope(function* () {
      beat = spawn(forever, daemon)
      yield* open.wait()
    }),
  )
  await turns()
  const joiner = run(function* () {
    yield* beat
  })
  await turns()
  open.open()
  assert.equal((await thrownBy(joiner)).name, 'CancelledError')
  await task
})

test('R12: a daemon that arrives while the daemons clean up is cancelled, too', async () => {
  const log: string[] = []
  await run(() =>
    scope(function* (home) {
      const late = function* () {
        try {
          yield* forever()
        } finally {
          log.push('late')
        }
      }
      home.spawn(function* () {
        try {
          yield* forever()
        } finally {
          home.spawn(late, daemon)
          yield* checkpoint()
          log.push('first')
        }
      }, daemon)
    }),
  )
  assert.deepEqual(log.sort(), ['first', 'late'])
})
