import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  all,
  allSettled,
  any,
  type Body,
  contextManager,
  defer,
  forEach,
  instrument,
  Lock,
  local,
  moveOnAfter,
  on,
  once,
  race,
  retry,
  run,
  Semaphore,
  scope,
  select,
  shield,
  sleep,
  spawn,
  start,
  suspend,
  timeout,
  use,
  wait,
  within,
} from 'omakase'
import { fails } from './fails.js'

type Bad = any

const NO_BODIES: readonly Bad[] = [
  5,
  null,
  undefined,
  'text',
  {},
  [],
  2n,
  Symbol('body'),
  Promise.resolve(1),
  [1][Symbol.iterator](),
]

const one = contextManager(function* () {
  yield 1
})

const takers: Record<string, (body: Bad) => Body<unknown>> = {
  run: body => body,
  spawn: body => () => spawn(body),
  start: body => () => start(body),
  'scope.spawn': body => () => scope(inner => inner.spawn(body)),
  'scope.start': body => () => scope(inner => inner.start(body)),
  scope: body => () => scope(body),
  timeout: body => () => timeout(1000, body),
  moveOnAfter: body => () => moveOnAfter(1000, body),
  shield: body => () => shield(body),
  all: body => () => all([body]),
  'all of a record': body => () => all({ body }),
  'all, a few at once': body => () => all([body], { concurrency: 2 }),
  allSettled: body =>
    function* () {
      const [exit] = yield* allSettled([body as Body<unknown>])
      if (exit.status === 'failed') throw exit.error
    },
  race: body => () => race([body]),
  any: body => () => any([body]),
  forEach: body => () => forEach([1], body),
  'forEach, a few at once': body => () => forEach([1], body, { concurrency: 2 }),
  retry: body => () => retry(body, { attempts: 1 }),
  within: body => () => within(one(), body),
  'local.with': body => () => local('name', 1).with(2, body),
  'lock.with': body => () => new Lock().with(body),
  'semaphore.with': body => () => new Semaphore(1).with(body),
  defer: body => () => defer(body),
  'scope.defer': body => () => scope(inner => inner.defer(body)),
}

for (const [what, make] of Object.entries(takers)) {
  test(`${what}: what is no body is a UsageError, and what had begun is cleaned up`, async () => {
    for (const bad of NO_BODIES) {
      const log: string[] = []
      const task = run(function* () {
        defer(() => {
          log.push('cleaned')
        })
        yield* timeout(10_000, make(bad))
      })
      await fails(task, { name: 'UsageError' })
      assert.deepEqual(log, ['cleaned'])
    }
  })
}

test('a release, the start of a wait or a source of events that is none is refused, before anything is opened', async () => {
  let opened = 0
  const open = () => ++opened
  for (const bad of NO_BODIES) {
    if (bad !== undefined)
      await fails(
        run(() => use(open, bad)),
        { name: 'UsageError' },
      )
    await fails(
      run(() => suspend(bad)),
      { name: 'UsageError', message: /^suspend got .*; give a function$/ } as never,
    )
    await fails(
      run(() => once(bad, 'event')),
      { name: 'UsageError' },
    )
    assert.throws(() => on(bad, 'event'), { name: 'UsageError' })
  }
  assert.equal(opened, 0)
})

test('a function that cannot even be called fails what it was given to, and the other releases are run', async () => {
  const log: string[] = []
  function* parts({ missing }: Bad): Generator<never, void> {
    log.push(missing)
  }
  const bodies: Record<string, Body<unknown>> = {
    forEach: () => forEach([null], parts),
    'a release': function* () {
      yield* use(
        () => 1,
        () => log.push('first'),
      )
      yield* use(() => null, parts)
      yield* use(
        () => 3,
        () => log.push('last'),
      )
    },
  }
  for (const [what, body] of Object.entries(bodies)) {
    const exit = await run(body).settled()
    assert.ok(exit.status === 'failed' && exit.error instanceof TypeError, what)
  }
  assert.deepEqual(log, ['last', 'first'])
})

test('foreign iterators: without return, that give no result, that throw, at once or in return', async () => {
  const error = new Error('iterator')
  const raise = () => {
    throw error
  }
  const endless = { next: () => ({ done: false, value: 1 }) }
  const sources: Record<string, readonly [source: Bad, expected: Bad]> = {
    'that throws at once': [{ [Symbol.iterator]: raise }, error],
    'that throws at once, async': [{ [Symbol.asyncIterator]: raise }, error],
    'whose next throws': [{ [Symbol.iterator]: () => ({ next: raise }) }, error],
    'whose next rejects': [{ [Symbol.asyncIterator]: () => ({ next: async () => raise() }) }, error],
    'that gives no result': [{ [Symbol.iterator]: () => ({ next: () => undefined }) }, { name: 'TypeError' }],
    'that is none': [{ [Symbol.iterator]: () => undefined }, { name: 'TypeError' }],
    'without return': [{ [Symbol.iterator]: () => endless }, { message: 'enough' }],
    'whose return throws': [
      { [Symbol.iterator]: () => ({ ...endless, return: raise }) },
      { name: 'ScopeError', errors: [new Error('enough'), error] },
    ],
    'whose return rejects': [
      { [Symbol.asyncIterator]: () => ({ next: async () => endless.next(), return: async () => raise() }) },
      { name: 'ScopeError', errors: [new Error('enough'), error] },
    ],
  }
  for (const [source, expected] of Object.values(sources)) {
    let count = 0
    const task = run(() =>
      forEach(source, () => {
        if (++count === 3) throw new Error('enough')
      }),
    )
    await fails(task, expected)
  }
})

const then = (fn: (resolve: (value: Bad) => void, reject: (error: unknown) => void) => void): Bad => ({
  then: fn,
})

test('thenables that call back twice, at once, late, or throw: the first answer counts, the others are lost', async () => {
  const twice = then((resolve, reject) => {
    resolve(1)
    resolve(2)
    reject(new Error('late'))
    setTimeout(reject, 1, new Error('later'))
    throw new Error('thrown after an answer')
  })
  const failing = then((_resolve, reject) => {
    reject(new Error('first'))
    reject(new Error('second'))
  })
  const throwing = then(() => {
    throw new Error('first')
  })
  const unreadable = {
    get then() {
      throw new Error('first')
    },
  } as Bad
  const uses: Record<string, (thenable: Bad) => Body<unknown>> = {
    wait: thenable => () => wait(thenable),
    'wait for what a function gives': thenable => () => wait(() => thenable),
    'a body gives it': thenable => () => thenable,
    'a body with a signal gives it': thenable => _signal => thenable,
    'all of them give it': thenable =>
      function* () {
        const [value] = yield* all([() => thenable])
        return value
      },
    'it wins': thenable => () => race([() => thenable, () => sleep(1000)]),
  }
  for (const [what, make] of Object.entries(uses)) {
    assert.equal(await run(make(twice)), 1, what)
    for (const bad of [failing, throwing, unreadable]) await fails(run(make(bad)), { message: 'first' })
  }
  await sleep(5)
})

test('a promise that never settles holds up who waits for it, until that is cancelled, and nobody else', async () => {
  const never = new Promise(() => {})
  const task = run(function* () {
    assert.equal(yield* moveOnAfter(5, () => wait(never)), undefined)
    yield* wait(never)
  })
  await sleep(20)
  assert.equal(task.state, 'waiting')
  task.cancel()
  assert.equal((await task.settled()).status, 'cancelled')
})

test('one that does not settle when it is aborted either holds up its scope no longer than the grace of that', async () => {
  for (const body of [() => wait(() => new Promise(() => {})), async () => await new Promise(() => {})])
    await fails(
      run(() => scope(() => moveOnAfter(1, body), { timeout: 5, grace: 5 })),
      { name: 'ScopeError', message: /timed out.*did not end within its grace of 5 ms/ } as never,
    )
})

const NO_CONTAINERS: readonly Bad[] = [5, null, undefined, () => {}, 2n]

const containers: Record<string, (container: Bad) => unknown> = {
  all,
  allSettled,
  race,
  any,
  select,
  instrument,
  'run: signal': signal => signal !== undefined && run(() => 1, { signal }),
  'run: clock': clock => clock !== undefined && run(() => 1, { clock }),
}

for (const [name, taker] of Object.entries(containers)) {
  test(`${name} says what it was given in place of what it needs, and what to give`, async () => {
    for (const container of NO_CONTAINERS) {
      if (container === undefined && name.startsWith('run')) continue
      await assert.rejects(
        async () =>
          run(function* () {
            taker(container)
          }),
        { name: 'UsageError', message: new RegExp(`^${name} got .*; give `) } as never,
        String(container),
      )
    }
  })
}
