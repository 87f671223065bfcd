// biome-ignore-all lint/correctness/noUnsafeFinally: finally that leaves is what is tested

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CancelledError, checkpoint, co, forever, run, scope, sleep, spawn, timeout } from 'omakase'
import { atDepths } from './depths.js'
import { raise } from './fails.js'
import { thrownBy } from './thrown.js'
import { turns } from './turns.js'

atDepths('decision 2: finally { return } does not stop the unwinding of the callers', async deep => {
  const log: string[] = []
  const task = run(function* () {
    try {
      yield* deep(function* () {
        try {
          yield* forever()
        } finally {
          yield* checkpoint()
          return 'swallowed'
        }
      })
      log.push('never')
    } catch {
      log.push('never')
    } finally {
      yield* checkpoint()
      log.push('caller')
    }
    log.push('never')
  })
  await turns()
  task.cancel()
  assert.equal((await task.settled()).status, 'cancelled')
  assert.deepEqual(log, ['caller'])
})

for (const how of ['break', 'continue'] as const) {
  atDepths(
    `decision 2: after finally { ${how} } the frame goes on masked, its callers are unwound`,
    async deep => {
      const log: string[] = []
      const task = run(function* () {
        try {
          yield* deep(function* () {
            for (let i = 0; i < 3; i++) {
              try {
                log.push(`round ${i}`)
                yield* sleep(i === 0 ? 10_000 : 1)
                log.push(`slept ${i}`)
              } finally {
                if (i === 0) {
                  if (how === 'break') break
                  else continue
                }
              }
            }
            yield* checkpoint()
            log.push('the frame ends')
            return 'value'
          })
          log.push('never')
        } catch {
          log.push('never')
        } finally {
          log.push('caller')
        }
      })
      await turns()
      task.cancel()
      await turns()
      task.cancel()
      assert.equal((await task.settled()).status, 'cancelled')
      const rounds = how === 'break' ? [] : ['round 1', 'slept 1', 'round 2', 'slept 2']
      assert.deepEqual(log, ['round 0', ...rounds, 'the frame ends', 'caller'])
    },
  )
}

test('decision 2: every frame may return, the task is cancelled all the same', async () => {
  const swallow = co(function* (n: number): Generator<any, number, any> {
    try {
      if (n > 0) yield* swallow(n - 1)
      yield* forever()
    } finally {
      return n
    }
  })
  for (const program of [run(swallow(5)), run(() => swallow(5)), run(() => scope(swallow(5)))]) {
    await turns()
    program.cancel('reason')
    const exit = await program.settled()
    assert.ok(exit.status === 'cancelled')
    assert.equal(exit.reason.reason, 'reason')
  }
})

test('decision 2: a timeout whose body returns from its finally throws TimeoutError', async () => {
  const error = await thrownBy(
    timeout(1, function* () {
      try {
        yield* forever()
      } finally {
        return 'value'
      }
    }),
  )
  assert.equal(error.name, 'TimeoutError')
})

atDepths('decision 2: no catch sees the cancellation, and no error object is made of it', async deep => {
  const seen: unknown[] = []
  const task = run(() =>
    deep(function* () {
      for (;;) {
        try {
          yield* forever()
        } catch (error) {
          seen.push(error)
        }
      }
    }),
  )
  await turns()
  task.cancel()
  assert.ok((await thrownBy(task)) instanceof CancelledError)
  assert.deepEqual(seen, [])
})

atDepths(
  'decision 2: an error of one frame in its cleanup is kept, the outer frames go on unwinding and do not see it',
  async deep => {
    const log: string[] = []
    const error = new Error('cleanup')
    const task = run(function* () {
      try {
        yield* co(function* () {
          try {
            yield* deep(function* () {
              try {
                yield* forever()
              } finally {
                yield* checkpoint()
                raise(error)
              }
            })
            log.push('never')
          } catch {
            log.push('never')
          } finally {
            yield* checkpoint()
            log.push('middle')
          }
          log.push('never')
        })()
      } catch {
        log.push('never')
      } finally {
        log.push('outer')
      }
    })
    await turns()
    task.cancel()
    assert.equal(await thrownBy(task), error)
    assert.deepEqual(log, ['middle', 'outer'])
  },
)

test('decision 2: an error that a frame throws after swallowing the cancellation is kept too', async () => {
  const error = new Error('later')
  const log: string[] = []
  const task = run(function* () {
    try {
      yield* co(function* () {
        for (;;) {
          try {
            yield* forever()
          } finally {
            break
          }
        }
        yield* checkpoint()
        throw error
      })()
    } catch {
      log.push('never')
    } finally {
      log.push('outer')
    }
  })
  await turns()
  task.cancel()
  assert.equal(await thrownBy(task), error)
  assert.deepEqual(log, ['outer'])
})

test('decision 2: what the frame still does is masked also for the children that it joins', async () => {
  const log: string[] = []
  const task = run(function* () {
    for (let first = true; ; first = false) {
      try {
        if (first) yield* forever()
        yield* scope(function* () {
          const child = spawn(function* () {
            yield* sleep(1)
            return 'child'
          })
          log.push(yield* child)
        })
        return
      } finally {
        if (first) continue
      }
    }
  })
  await turns()
  task.cancel()
  assert.equal((await task.settled()).status, 'cancelled')
  assert.deepEqual(log, ['child'])
})
