import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Co,
  checkpoint,
  co,
  currentTask,
  defer,
  forever,
  type Instruction,
  run,
  scope,
  sleep,
  spawn,
  type Task,
  timeout,
} from 'omakase'
import { atDepths } from './depths.js'
import { turns } from './turns.js'

type Gen<T> = Generator<Instruction, T, any>

const nothing = co(function* () {})

/** Ways to suspend, for a cleanup. */
const pauses: (() => Co<unknown>)[] = [
  checkpoint,
  nothing,
  () => sleep(1),
  co(function* () {
    yield* checkpoint()
    yield* nothing()
    yield* sleep(0)
  }),
  () => scope(() => checkpoint()),
  () =>
    scope(function* () {
      yield* spawn(() => checkpoint())
    }),
  () => timeout(1000, () => sleep(1)),
]

/** Frames one in the other, each of which suspends so often in its finally; logs every statement. */
const frame = co(function* (
  level: number,
  suspensions: number,
  bottom: () => Co<unknown>,
  log: string[],
): Gen<void> {
  try {
    if (level === 0) yield* bottom()
    else yield* frame(level - 1, suspensions, bottom, log)
    log.push(`never: after the call in ${level}`)
  } catch (error) {
    log.push(`never: catch in ${level}: ${error}`)
  } finally {
    log.push(`begin ${level}`)
    for (let i = 0; i < suspensions; i++) yield* pauses[i % pauses.length]!()
    log.push(`end ${level}`)
  }
  log.push(`never: after the finally in ${level}`)
})

function unwound(depth: number): string[] {
  return Array.from({ length: depth + 1 }, (_, level) => [`begin ${level}`, `end ${level}`]).flat()
}

const cancels: Record<string, (body: () => Co<void>) => Promise<unknown>> = {
  'a cancel of the task': async body => {
    const task = run(body)
    await turns()
    task.cancel()
    return task.settled()
  },
  'a cancel before the first step': async body => {
    const task = run(body)
    task.cancel()
    return task.settled()
  },
  'a cancel by itself': body =>
    run(function* () {
      const child = spawn(function* () {
        currentTask()!.cancel()
        yield* body()
      })
      yield* child.settled()
    }).settled() as Promise<unknown> & Co<unknown>,
  'a timeout': async body => run(() => timeout(2, body)).settled(),
  'a failing sibling': async body =>
    run(function* () {
      spawn(function* () {
        yield* sleep(1)
        throw new Error('sibling')
      })
      spawn(body)
    }).settled(),
  'the cancel of its scope': async body =>
    run(() =>
      scope(function* (home) {
        spawn(function* () {
          yield* sleep(1)
          home.cancel()
        })
        yield* body()
      }),
    ).settled(),
  'the end of the others, for a daemon': async body =>
    run(function* () {
      spawn(body, { daemon: true })
      yield* sleep(1)
    }).settled(),
  'a signal': async body => {
    const controller = new AbortController()
    const task = run(body, { signal: controller.signal })
    await turns()
    controller.abort()
    return task.settled()
  },
}

for (const [cause, cancel] of Object.entries(cancels)) {
  for (const depth of [0, 1, 3, 500]) {
    test(`R17: ${cause} runs no statement outside finally, the innermost frame first (${depth + 1} frames)`, async () => {
      for (const suspensions of depth > 3 ? [0, 2] : [0, 1, 2, 7]) {
        const log: string[] = []
        await cancel(() => frame(depth, suspensions, forever, log))
        assert.deepEqual(log, unwound(depth))
      }
    })
  }
}

const bottoms: Record<string, () => Co<unknown>> = {
  'sleep()': () => sleep(10_000),
  'a join': co(function* () {
    yield* spawn(forever)
  }),
  'a scope whose body waits': () => scope(() => forever()),
  'a scope that waits for children': () =>
    scope(function* () {
      spawn(forever)
    }),
  'scopes in scopes': () => scope(() => timeout(5000, () => scope(forever))),
  'an operation that is always ready': co(function* () {
    for (;;) yield* checkpoint()
  }),
}

for (const [name, bottom] of Object.entries(bottoms)) {
  test(`R17: a cancel that meets ${name} at the bottom unwinds all frames`, async () => {
    for (const suspensions of [0, 1, 3]) {
      const log: string[] = []
      const task = run(() => frame(3, suspensions, bottom, log))
      await turns()
      task.cancel()
      assert.equal((await task.settled()).status, 'cancelled')
      assert.deepEqual(log, unwound(3))
    }
  })
}

atDepths('R17: frames that have returned before are not asked again', async deep => {
  const log: string[] = []
  const task = run(() =>
    deep(function* () {
      yield* frame(2, 1, nothing, log)
      log.length = 0
      try {
        yield* forever()
      } finally {
        log.push('finally')
      }
    }),
  )
  await turns(50)
  task.cancel()
  await task.settled()
  assert.deepEqual(log, ['finally'])
})

test('R17: a cancel that arrives while a child runs deep meets the parent where it stands', async () => {
  const log: string[] = []
  const task = run(function* () {
    spawn(() => frame(2, 2, forever, log))
    try {
      yield* sleep(10_000)
      log.push('never')
    } finally {
      log.push('parent')
    }
  })
  await turns()
  task.cancel()
  await task.settled()
  assert.deepEqual(
    log.filter(each => each !== 'parent'),
    unwound(2),
  )
})

atDepths('R17: loops, conditions and several finally in one frame are left the same way', async deep => {
  const log: string[] = []
  const task = run(() =>
    deep(function* () {
      for (const name of ['a', 'b']) {
        try {
          for (;;) {
            try {
              yield* forever()
              log.push('never')
            } catch {
            } finally {
              yield* checkpoint()
              log.push('inner')
            }
          }
        } finally {
          yield* checkpoint()
          log.push(name)
        }
      }
      log.push('never')
    }),
  )
  await turns()
  task.cancel()
  assert.equal((await task.settled()).status, 'cancelled')
  assert.deepEqual(log, ['inner', 'a'])
})

test('R17: an iterator that a loop reads is closed on the way', async () => {
  const log: string[] = []
  function* numbers() {
    try {
      for (let i = 0; ; i++) yield i
    } finally {
      log.push('closed')
    }
  }
  const task = run(function* () {
    try {
      for (const n of numbers()) {
        log.push(`${n}`)
        yield* forever()
      }
    } finally {
      log.push('finally')
    }
  })
  await turns()
  task.cancel()
  await task.settled()
  assert.deepEqual(log, ['0', 'closed', 'finally'])
})

atDepths('R17: a finally may catch its own errors, and call coroutines that have a finally', async deep => {
  const log: string[] = []
  const helper = co(function* () {
    try {
      yield* checkpoint()
      throw new Error('own')
    } finally {
      yield* checkpoint()
      log.push('finally of the helper')
    }
  })
  const task = run(function* () {
    try {
      yield* deep(function* () {
        try {
          yield* forever()
        } finally {
          try {
            yield* helper()
            log.push('never')
          } catch (error) {
            log.push(`caught ${(error as Error).message}`)
          }
          yield* checkpoint()
          log.push('on')
        }
      })
      log.push('never')
    } finally {
      log.push('outer')
    }
  })
  await turns()
  task.cancel()
  assert.equal((await task.settled()).status, 'cancelled')
  assert.deepEqual(log, ['finally of the helper', 'caught own', 'on', 'outer'])
})

atDepths('R17: a finally may spawn, join and open scopes', async deep => {
  const log: string[] = []
  const task = run(() =>
    deep(function* () {
      try {
        yield* forever()
      } finally {
        yield* scope(function* () {
          const child = spawn(function* () {
            yield* sleep(1)
            return 'child'
          })
          log.push(yield* child)
        })
        defer(() => log.push('deferred in cleanup'))
        log.push('end')
      }
    }),
  )
  await turns()
  task.cancel()
  assert.equal((await task.settled()).status, 'cancelled')
  assert.deepEqual(log, ['child', 'end', 'deferred in cleanup'])
})

test('R17: a cancel in the step in which the task fails or ends does not unwind it twice', async () => {
  const log: string[] = []
  const error = new Error('own')
  const self: Task<void> = run(function* () {
    try {
      self.cancel()
      throw error
    } finally {
      log.push('finally')
    }
  })
  assert.deepEqual(await self.settled(), { status: 'failed', error })
  assert.deepEqual(log, ['finally'])
})
