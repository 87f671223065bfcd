import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  all,
  any,
  type Body,
  type Co,
  checkpoint,
  defer,
  forever,
  race,
  run,
  ScopeError,
  sleep,
  spawn,
  timeout,
} from 'omakase'
import { atDepths, type Gen } from './depths.js'
import { fails, raise } from './fails.js'
import { gate } from './gate.js'
import { turns } from './turns.js'

const stop = new Error('stop')

/** What ends with the loser cancelled, each in its own way. */
const contests: Record<string, (loser: Body<unknown>) => Co<unknown>> = {
  race: loser => race([loser, () => sleep(1)]),
  'race that is lost to an error': loser =>
    race([
      loser,
      function* () {
        yield* sleep(1)
        raise(stop)
      },
    ]),
  any: loser => any([loser, () => sleep(1)]),
  timeout: loser => timeout(1, loser),
  'failing all': loser =>
    all([
      loser,
      function* () {
        yield* sleep(1)
        raise(stop)
      },
    ]),
}

for (const [what, contest] of Object.entries(contests)) {
  atDepths(`R35: the cleanup of losers has finished before ${what} returns`, async deep => {
    const log: string[] = []
    await run(function* () {
      try {
        yield* contest(() =>
          deep(function* () {
            defer(() => void log.push('deferred'))
            spawn(function* () {
              try {
                yield* forever()
              } finally {
                yield* sleep(2)
                log.push('child of the loser')
              }
            })
            try {
              yield* forever()
            } finally {
              yield* sleep(1)
              log.push('loser')
            }
          }),
        )
      } catch {}
      log.push('returned')
    })
    assert.deepEqual(log, ['loser', 'child of the loser', 'deferred', 'returned'])
  })

  atDepths(`R35: an error in the cleanup of a loser is thrown by ${what}`, async deep => {
    const error = new Error('cleanup')
    const exit = await run(() =>
      contest(() =>
        deep(function* () {
          try {
            yield* forever()
          } finally {
            yield* checkpoint()
            raise(error)
          }
        }),
      ),
    ).settled()
    assert.ok(exit.status === 'failed')
    const errors = exit.error instanceof ScopeError ? exit.error.errors : [exit.error]
    assert.equal(errors.filter(one => one === error).length, 1)
    if (what.includes('error') || what === 'failing all') assert.ok(errors.includes(stop))
  })

  test(`R35: an async loser is waited for by ${what}`, async () => {
    const log: string[] = []
    await run(function* () {
      try {
        yield* contest(async signal => {
          await new Promise(resolve => signal.addEventListener('abort', resolve))
          await turns()
          log.push('loser')
        })
      } catch {}
      log.push('returned')
    })
    assert.deepEqual(log, ['loser', 'returned'])
  })
}

const combining: Record<string, (bodies: Body<unknown>[]) => Co<unknown>> = { race, any, all }

/** A winner and a loser that are both granted what they wait for in one turn. */
function together(contest: (bodies: Body<unknown>[]) => Co<unknown>, loses: () => unknown) {
  const first = gate()
  const second = gate()
  const task = run(() =>
    contest([
      function* (): Gen<string> {
        yield* first.wait()
        return 'winner'
      },
      function* (): Gen<unknown> {
        yield* second.wait()
        return loses()
      },
    ]),
  )
  return turns().then(() => {
    first.open()
    second.open()
    return task.settled()
  })
}

test('R35: a loser that fails by itself in the turn of the win is thrown by race', async () => {
  const error = new Error('loser')
  assert.deepEqual(await together(race, () => raise(error)), { status: 'failed', error })
})

test('R35: such a loser is dropped by any', async () => {
  const error = new Error('loser')
  assert.deepEqual(await together(any, () => raise(error)), { status: 'ok', value: 'winner' })
})

test('R35: a loser that succeeds in the turn of the win is dropped by both', async () => {
  for (const contest of [race, any]) {
    assert.deepEqual(await together(contest, () => 'loser'), { status: 'ok', value: 'winner' })
  }
})

for (const [name, contest] of Object.entries({ race: combining.race!, all: combining.all! })) {
  test(`R35: two that fail in the same turn are both thrown by ${name}, in that order`, async () => {
    const [a, b] = [new Error('a'), new Error('b')]
    const [first, second] = [gate(), gate()]
    const task = run(() =>
      contest([
        function* (): Gen<unknown> {
          yield* first.wait()
          raise(a)
        },
        function* (): Gen<unknown> {
          yield* second.wait()
          raise(b)
        },
      ]),
    )
    await turns()
    first.open()
    second.open()
    const exit = await task.settled()
    assert.ok(exit.status === 'failed' && exit.error instanceof ScopeError)
    assert.deepEqual(
      exit.error.errors.map(error => error.message),
      ['a', 'b'],
    )
    assert.equal(exit.error.cause, a)
  })
}

test('R35: contestants that failed before the winner are dropped by any', async () => {
  const value = await run(() =>
    any([
      () => raise(new Error('at once')),
      function* (): Gen<never> {
        yield* checkpoint()
        throw new Error('soon')
      },
      function* (): Gen<string> {
        yield* sleep(2)
        return 'winner'
      },
    ]),
  )
  assert.equal(value, 'winner')
})

test('R35: any throws an error of a cleanup also where a contestant has failed by itself before', async () => {
  const cleanup = new Error('cleanup')
  await fails(
    run(() =>
      any([
        () => raise(new Error('dropped')),
        function* (): Gen<never> {
          try {
            return yield* forever()
          } finally {
            raise(cleanup)
          }
        },
        () => sleep(1),
      ]),
    ),
    cleanup,
  )
})

test('R35: losers see no catch, and run no statement outside finally', async () => {
  const log: string[] = []
  await run(() =>
    race([
      function* () {
        try {
          yield* forever()
          log.push('went on')
        } catch {
          log.push('caught')
        } finally {
          log.push('finally')
        }
        log.push('after')
      },
      () => sleep(1),
    ]),
  )
  assert.deepEqual(log, ['finally'])
})

test('R35: a contest that is cancelled from outside cancels every contestant and waits for each', async () => {
  for (const contest of Object.values(combining)) {
    const log: string[] = []
    const task = run(function* () {
      yield* contest(
        ['a', 'b'].map(
          name =>
            function* () {
              try {
                yield* forever()
              } finally {
                yield* checkpoint()
                log.push(name)
              }
            },
        ),
      )
      log.push('went on')
    })
    await turns()
    task.cancel()
    assert.equal((await task.settled()).status, 'cancelled')
    assert.deepEqual(log.sort(), ['a', 'b'])
  }
})
