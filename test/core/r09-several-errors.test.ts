import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  checkpoint,
  defer,
  forever,
  moveOnAfter,
  run,
  ScopeError,
  scope,
  sleep,
  spawn,
  suspend,
  timeout,
} from 'omakase'
import { atDepths } from './depths.js'
import { raise } from './fails.js'
import { gate } from './gate.js'
import { errorsIn, hasNoCycle, holds, thrownBy } from './thrown.js'
import { block, turns } from './turns.js'

const one = new Error('one')
const two = new Error('two')
const three = new Error('three')

atDepths('R9: one error is thrown as itself, also where cleanup runs in many tasks', async deep => {
  assert.equal(
    await thrownBy(
      scope(function* () {
        for (let i = 0; i < 3; i++) {
          spawn(() =>
            deep(function* () {
              try {
                yield* forever()
              } finally {
                yield* checkpoint()
              }
            }),
          )
        }
        yield* checkpoint()
        throw one
      }),
    ),
    one,
  )
})

test('R9: siblings that fail in the same turn are thrown as one ScopeError', async () => {
  const error = await thrownBy(
    scope(function* () {
      for (const each of [one, two, three]) {
        spawn(() => {
          throw each
        })
      }
    }),
  )
  assert.ok(error instanceof ScopeError)
  assert.ok(error instanceof AggregateError)
  assert.ok(error instanceof Error)
  holds(error, one, two, three)
  assert.match(error.message, /one/)
})

test('R9: siblings that are woken in the same turn, too', async () => {
  const fails: ((error: unknown) => void)[] = []
  const task = run(function* () {
    for (let i = 0; i < 2; i++) {
      spawn(() =>
        suspend((_, fail) => {
          fails.push(fail)
          return () => {}
        }),
      )
    }
  })
  await turns()
  fails[1]!(one)
  fails[0]!(two)
  holds(await thrownBy(task), one, two)
})

test('R9: async siblings whose promises reject in the same turn, too', async () => {
  let open!: () => void
  const gate = new Promise<void>(resolve => {
    open = resolve
  })
  const task = run(function* () {
    for (const each of [one, two]) {
      spawn(async () => {
        await gate
        throw each
      })
    }
  })
  await turns()
  open()
  holds(await thrownBy(task), one, two)
})

test('R9: the body and a child', async () => {
  let failBody!: (error: unknown) => void
  const task = scope(function* () {
    spawn(function* () {
      yield* checkpoint()
      failBody(two)
      throw one
    })
    yield* suspend((_, fail) => {
      failBody = fail
      return () => {}
    })
  })
  const error = await thrownBy(task)
  assert.deepEqual(new Set(errorsIn(error)), new Set([one, two]))
  assert.equal(error.name, 'ScopeError')
})

test('R9: a body that fails, and a child that had not started and fails at its first step', async () => {
  holds(
    await thrownBy(
      scope(function* () {
        spawn(() => {
          throw two
        })
        throw one
      }),
    ),
    one,
    two,
  )
})

atDepths('R9: an error in the cleanup of a cancelled sibling', async deep => {
  holds(
    await thrownBy(
      scope(function* () {
        spawn(() =>
          deep(function* () {
            try {
              yield* forever()
            } finally {
              yield* checkpoint()
              raise(two)
            }
          }),
        )
        spawn(function* () {
          yield* sleep(1)
          throw one
        })
      }),
    ),
    one,
    two,
  )
})

atDepths('R9: an error in the cleanup of the cancelled body', async deep => {
  holds(
    await thrownBy(
      scope(() =>
        deep(function* () {
          spawn(function* () {
            throw one
          })
          try {
            yield* forever()
          } finally {
            raise(two)
          }
        }),
      ),
    ),
    one,
    two,
  )
})

test('R9: every frame may add one', async () => {
  const { co } = await import('omakase')
  const seen: unknown[] = []
  const frame = co(function* (errors: Error[]): Generator<any, void, any> {
    const [mine, ...rest] = errors
    try {
      if (mine === undefined) yield* forever()
      else yield* frame(rest)
    } catch (error) {
      seen.push(error)
    } finally {
      if (mine !== undefined) raise(mine)
    }
  })
  const task = run(frame([one, two, three]))
  await turns()
  task.cancel()
  holds(await thrownBy(task), three, two, one)
  assert.deepEqual(seen, [])
})

test('R9: strings and undefined are errors too, and equal ones of different throws are not lost', async () => {
  const error = await thrownBy(
    scope(function* () {
      for (const each of ['a string', undefined, null]) {
        spawn(() => {
          throw each
        })
      }
    }),
  )
  holds(error, 'a string', undefined, null)
})

test('R9: the same object arriving twice counts once', async () => {
  assert.equal(
    await thrownBy(
      scope(function* () {
        for (let i = 0; i < 3; i++) {
          spawn(() => {
            throw one
          })
        }
        try {
          yield* forever()
        } finally {
          raise(one)
        }
      }),
    ),
    one,
  )
  holds(
    await thrownBy(
      scope(function* () {
        for (const each of [one, two, one, two]) {
          spawn(() => {
            throw each
          })
        }
      }),
    ),
    one,
    two,
  )
})

test('R9: a ScopeError that arrives twice, or with one of its own, counts once and makes no cycle', async () => {
  const inner = await thrownBy(
    scope(function* () {
      for (const each of [one, two]) {
        spawn(() => {
          throw each
        })
      }
    }),
  )
  const fail = (...errors: unknown[]) =>
    thrownBy(
      scope(function* () {
        for (const each of errors) {
          spawn(() => {
            throw each
          })
        }
      }),
    )
  assert.equal(await fail(inner, inner), inner)
  const again = await fail(inner, three)
  hasNoCycle(again)
  assert.deepEqual(new Set(errorsIn(again)), new Set([one, two, three]))
  for (const errors of [
    [inner, one],
    [one, inner],
    [again, inner, three],
  ]) {
    const error = await fail(...errors)
    hasNoCycle(error)
    const found = new Set(errorsIn(error))
    for (const each of errors.flatMap(errorsIn)) assert.ok(found.has(each))
  }
})

test('R9: the errors themselves are left as they are, also where they have causes', async () => {
  const root = new Error('root')
  const cause = Object.freeze(new Error('with a cause', { cause: root }))
  const circular = new Error('circular')
  const error = await thrownBy(
    scope(function* () {
      for (const each of [cause, root, circular]) {
        spawn(() => {
          throw each
        })
      }
    }),
  )
  holds(error, cause, root, circular)
  assert.equal(cause.cause, root)
  assert.equal(root.cause, undefined)
  assert.equal(circular.cause, undefined)
})

test('R9: a body that catches the ScopeError of an inner scope and throws one of its errors makes no cycle', async () => {
  const error = await thrownBy(
    run(function* () {
      defer(() => {
        throw three
      })
      try {
        yield* scope(function* () {
          spawn(() => {
            throw one
          })
          spawn(() => {
            throw two
          })
        })
      } catch (caught) {
        throw (caught as ScopeError).cause
      }
    }),
  )
  holds(error, one, three)
})

atDepths('R9: a timeout that meets an error in cleanup throws ScopeError of both', async deep => {
  const error = await thrownBy(
    timeout(1, () =>
      deep(function* () {
        try {
          yield* forever()
        } finally {
          raise(one)
        }
      }),
    ),
  )
  assert.equal(error.name, 'ScopeError')
  assert.equal(error.errors.length, 2)
  assert.ok(error.errors.includes(one))
  assert.deepEqual(
    error.errors.filter((each: unknown) => each !== one).map((each: Error) => each.name),
    ['TimeoutError'],
  )
  hasNoCycle(error)
})

test('R9: so does one whose child, deferred function or release fails, and a scope with a timeout', async () => {
  const bodies = [
    function* () {
      spawn(function* () {
        try {
          yield* forever()
        } finally {
          raise(one)
        }
      })
    },
    function* () {
      defer(() => raise(one))
      yield* forever()
    },
  ]
  for (const body of bodies) {
    for (const program of [timeout(1, body), scope(body, { timeout: 1 })]) {
      const error = await thrownBy(program)
      assert.equal(error.name, 'ScopeError')
      assert.deepEqual(
        new Set(error.errors.map((each: Error) => each.message === 'one' || each.name)),
        new Set([true, 'TimeoutError']),
      )
    }
  }
})

atDepths('R9: moveOnAfter that meets one throws that', async deep => {
  assert.equal(
    await thrownBy(
      moveOnAfter(1, () =>
        deep(function* () {
          try {
            yield* forever()
          } finally {
            raise(one)
          }
        }),
      ),
    ),
    one,
  )
})

atDepths(
  'R9: scope.cancel() that meets an error throws the error; several, a ScopeError of them',
  async deep => {
    assert.equal(
      await thrownBy(
        scope(home =>
          deep(function* () {
            home.cancel()
            try {
              yield* checkpoint()
            } finally {
              raise(one)
            }
          }),
        ),
      ),
      one,
    )
    holds(
      await thrownBy(
        scope(home =>
          deep(function* () {
            defer(() => raise(two))
            home.cancel()
            try {
              yield* checkpoint()
            } finally {
              raise(one)
            }
          }),
        ),
      ),
      one,
      two,
    )
  },
)

atDepths('R9: a cancelled task whose cleanup fails has failed, with that error', async deep => {
  const task = run(() =>
    deep(function* () {
      try {
        yield* forever()
      } finally {
        yield* checkpoint()
        raise(one)
      }
    }),
  )
  await turns()
  task.cancel()
  assert.deepEqual(await task.settled(), { status: 'failed', error: one })
  assert.equal(task.state, 'failed')
})

test('R9: a child that is cancelled by name and whose cleanup fails fails its scope', async () => {
  assert.equal(
    await thrownBy(
      scope(function* () {
        const child = spawn(function* () {
          try {
            yield* forever()
          } finally {
            raise(one)
          }
        })
        yield* checkpoint()
        child.cancel()
      }),
    ),
    one,
  )
})

test('R9: an error of cleanup in an inner scope comes out through the cancellation of the outer one', async () => {
  holds(
    await thrownBy(
      scope(function* () {
        spawn(function* () {
          yield* sleep(1)
          throw one
        })
        yield* scope(function* () {
          spawn(function* () {
            try {
              yield* forever()
            } finally {
              raise(two)
            }
          })
          try {
            yield* forever()
          } finally {
            raise(three)
          }
        })
      }),
    ),
    one,
    three,
    two,
  )
})

test('R9: a thousand errors are all there', async () => {
  const error = await thrownBy(
    scope(function* () {
      for (let i = 0; i < 1000; i++) {
        spawn(() => {
          throw new Error(`${i}`)
        })
      }
    }),
  )
  assert.equal(new Set(error.errors).size, 1000)
  assert.equal(error.cause.message, '0')
})

test('R9: a deadline or a cancel that comes while a failed scope cleans up adds nothing', async () => {
  const cleansUp = (during: () => void) =>
    function* () {
      try {
        yield* forever()
      } finally {
        yield* sleep(6)
        during()
        yield* checkpoint()
      }
    }
  assert.equal(
    await thrownBy(
      timeout(2, function* () {
        spawn(cleansUp(() => {}))
        yield* checkpoint()
        throw one
      }),
    ),
    one,
  )
  assert.equal(
    await thrownBy(
      scope(function* (home) {
        spawn(cleansUp(() => home.cancel('late')))
        yield* checkpoint()
        throw one
      }),
    ),
    one,
  )
})

test('R9: nor does a deadline that has passed unseen when the body fails', async () => {
  assert.equal(
    await thrownBy(
      timeout(1, function* () {
        spawn(forever)
        yield* checkpoint()
        block(4)
        throw one
      }),
    ),
    one,
  )
})

test('R9: the error of a failed inner scope is not lost to a cancellation that comes while it cleans up', async () => {
  const caught: unknown[] = []
  const open = gate()
  const task = run(function* () {
    try {
      yield* scope(function* () {
        spawn(function* () {
          try {
            yield* forever()
          } finally {
            yield* open.wait()
          }
        })
        yield* checkpoint()
        throw one
      })
    } catch (error) {
      caught.push(error)
    }
    yield* checkpoint()
    caught.push('never')
  })
  await turns()
  task.cancel()
  await turns()
  open.open()
  const exit = await task.settled()
  if (exit.status === 'failed') caught.push(exit.error)
  assert.deepEqual(caught, [one])
})

test('R9: half a million errors are told in a line that can be read', () => {
  const errors = Array.from({ length: 500_000 }, (_, i) => new Error(`error ${i}`))
  const error = new ScopeError(errors)
  assert.equal(error.message, '500000 errors: error 0; error 1; error 2 and 499997 more')
  assert.equal(error.errors.length, 500_000)
})
