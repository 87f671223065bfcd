import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  CancelledError,
  checkpoint,
  currentTask,
  defer,
  forever,
  now,
  run,
  ScopeError,
  scope,
  sleep,
  spawn,
  UsageError,
} from 'omakase'
import {
  type ChildOptions,
  HealthError,
  type SuperviseOptions,
  type Supervisor,
  SupervisorError,
  supervise,
} from 'omakase/node'
import { virtualClock } from 'omakase/testing'
import { Children, idle } from './support/children.js'
import { thrown } from './support/thrown.js'

/** Restarts at once, as often as need be. */
const EAGER: SuperviseOptions = { delay: 0, intensity: Infinity }

/** Everything that is due has happened. */
const settle = () => sleep(5)

function inTime<T>(body: () => Generator<any, T, any>) {
  return run(body, { clock: virtualClock() })
}

test('children are started in order, and stopped in reverse order when the scope is cancelled', async () => {
  const children = new Children()
  await inTime(function* () {
    yield* thrownIn(() =>
      scope(function* (inner) {
        yield* supervise(['a', 'b', 'c'].map(name => children.waits(name)))
        children.log.push('ready')
        yield* settle()
        assert.equal(children.news(), '+a +b +c ready')
        inner.cancel()
        yield* forever()
      }),
    )
  })
  assert.equal(children.news(), '-c -b -a')
})

test('the same by stop(), and by a failure in the scope', async () => {
  const children = new Children()
  const abc = () => ['a', 'b', 'c'].map(name => children.waits(name))
  await inTime(function* () {
    const supervisor = yield* supervise(abc())
    yield* settle()
    yield* supervisor.stop()
    assert.equal(children.news(), '+a +b +c -c -b -a')
    yield* supervisor.ended()
  })
  await thrown(
    inTime(function* () {
      yield* supervise(abc())
      yield* settle()
      throw new Error('body')
    }),
    /body/,
  )
  assert.equal(children.news(), '+a +b +c -c -b -a')
})

function* thrownIn(body: () => any): Generator<any, any, any> {
  try {
    yield* scope(body)
  } catch (error) {
    return error
  }
  return assert.fail('nothing was thrown')
}

test('a child with `start` is ready when it says so; the next one waits for that', async () => {
  const log: string[] = []
  const child = (name: string): ChildOptions => ({
    name,
    *start(ready) {
      log.push(`+${name}`)
      yield* sleep(10)
      log.push(`${name} ready`)
      ready()
      yield* forever()
    },
  })
  await inTime(function* () {
    const supervisor = yield* supervise([child('a'), child('b')])
    log.push('all')
    assert.deepEqual(
      supervisor.status().map(({ state }) => state),
      ['running', 'running'],
    )
    yield* supervisor.stop()
  })
  assert.deepEqual(log, ['+a', 'a ready', '+b', 'b ready', 'all'])
})

test('where the first start of a child fails, supervise throws that, and those before are stopped', async () => {
  const children = new Children()
  const failing: ChildOptions = {
    name: 'bad',
    *start() {
      yield* sleep(1)
      throw new Error('cannot begin')
    },
  }
  for (const [child, message] of [
    [failing, /^cannot begin$/],
    [{ name: 'mute', start: () => sleep(1) }, /child "mute" ended without calling ready\(value\)/],
  ] as const) {
    await inTime(function* () {
      const error = yield* thrownIn(() => supervise([children.waits('a'), child, children.waits('c')]))
      assert.match(error.message, message)
    })
    assert.equal(children.news(), '+a -a')
  }
})

test('permanent children are run again always, transient ones where they fail, temporary ones never', async () => {
  for (const [restart, afterEnd, afterFailure] of [
    ['permanent', '+x', '+x'],
    ['transient', '', '+x'],
    ['temporary', '', ''],
  ] as const) {
    for (const ending of ['end', 'fail'] as const) {
      const children = new Children()
      await inTime(function* () {
        const supervisor = yield* supervise([idle('other'), children.waits('x', { restart })], EAGER)
        yield* settle()
        children.news()
        children[ending]('x')
        yield* settle()
        assert.equal(children.news(), `-x ${ending === 'end' ? afterEnd : afterFailure}`.trim())
        const [, x] = supervisor.status()
        const again = (ending === 'end' ? afterEnd : afterFailure) !== ''
        assert.equal(x!.state, again ? 'running' : ending === 'end' ? 'ended' : 'failed')
        assert.equal(x!.restarts, again ? 1 : 0)
        assert.equal((x!.error as Error | undefined)?.message, ending === 'end' ? undefined : 'x failed')
        yield* supervisor.stop()
      })
    }
  }
})

for (const [strategy, expected] of [
  ['oneForOne', '-b +b'],
  ['oneForAll', '-b -d -c -a +a +b +c +d'],
  ['restForOne', '-b -d -c +b +c +d'],
] as const) {
  test(`${strategy}: what is stopped in reverse order is started in order`, async () => {
    const children = new Children()
    await inTime(function* () {
      const abcd = ['a', 'b', 'c', 'd'].map(name => children.waits(name))
      const supervisor = yield* supervise(abcd, { ...EAGER, strategy })
      yield* settle()
      children.news()
      children.fail('b')
      yield* settle()
      assert.equal(children.news(), expected)
      yield* supervisor.stop()
      assert.equal(children.news(), '-d -c -b -a')
    })
  })
}

test('a temporary child that goes down with the others is not started again', async () => {
  const children = new Children()
  await inTime(function* () {
    const supervisor = yield* supervise(
      [children.waits('a'), children.waits('t', { restart: 'temporary' }), children.waits('c')],
      { ...EAGER, strategy: 'oneForAll' },
    )
    yield* settle()
    children.news()
    children.fail('c')
    yield* settle()
    assert.equal(children.news(), '-c -t -a +a +c')
    assert.equal(supervisor.status()[1]!.state, 'stopped')
    yield* supervisor.stop()
  })
})

test('two that fail in the same turn are both run again', async () => {
  const children = new Children()
  for (const [strategy, expected] of [
    ['oneForOne', '-a -b +a +b'],
    ['oneForAll', '-a -b +a +b'],
  ] as const) {
    await inTime(function* () {
      const supervisor = yield* supervise([children.waits('a'), children.waits('b')], { ...EAGER, strategy })
      yield* settle()
      children.news()
      children.fail('a')
      children.fail('b')
      yield* settle()
      assert.equal(children.news(), expected)
      yield* supervisor.stop()
    })
    children.news()
  }
})

test('a child that fails at once for ever ends the supervisor, which tells why and leaves nothing', async () => {
  const children = new Children()
  let runs = 0
  const bad: ChildOptions = {
    name: 'bad',
    run() {
      throw new Error(`failure ${++runs}`)
    },
  }
  await inTime(function* () {
    const error = yield* thrownIn(function* () {
      yield* supervise([children.waits('a'), bad, children.waits('c')])
      yield* forever()
    })
    assert.ok(error instanceof SupervisorError)
    assert.match(
      error.message,
      /^child "bad" ended once more after 3 restarts within 5000 ms, which is all that is allowed; at last: failure 4$/,
    )
    assert.equal(error.child, 'bad')
    assert.equal((error.cause as Error).message, 'failure 4')
  })
  assert.equal(runs, 4)
  assert.equal(children.news(), '+a +c -c -a')
})

test('one that may fail at once for ever is run again for ever, also without any delay', async () => {
  let runs = 0
  await inTime(function* () {
    const bad: ChildOptions = {
      name: 'bad',
      run() {
        runs++
        throw new Error('again')
      },
    }
    const supervisor = yield* supervise([idle('other'), bad], { ...EAGER, factor: 1e300 })
    // Never idle, so that no time passes.
    while (runs < 2000) yield* checkpoint()
    yield* supervisor.stop()
    assert.ok(supervisor.status()[1]!.restarts >= 1999)
  })
})

test('a child that cancels its own task has failed, and is run again', async () => {
  let runs = 0
  await inTime(function* () {
    const options = { ...EAGER, strategy: 'oneForAll' } as const
    const supervisor = yield* supervise(
      [
        idle('other'),
        {
          name: 'x',
          restart: 'transient',
          *run() {
            if (++runs < 3) currentTask()!.cancel()
            yield* forever()
          },
        },
      ],
      options,
    )
    yield* settle()
    assert.equal(runs, 3)
    const x = supervisor.status()[1]!
    assert.deepEqual([x.state, x.restarts], ['running', 2])
    assert.ok(x.error instanceof CancelledError)
    yield* supervisor.stop()
  })
})

test('a child can stop its own supervisor, and have itself restarted', async () => {
  const log: string[] = []
  await inTime(function* () {
    let supervisor: Supervisor
    const child: ChildOptions = {
      name: 'x',
      *run() {
        log.push('+x')
        defer(() => log.push('-x'))
        yield* sleep(10)
        if (log.length === 1) supervisor.restart('x')
        else yield* supervisor.stop()
        yield* forever()
      },
    }
    supervisor = yield* supervise([child])
    yield* supervisor.ended()
  })
  assert.deepEqual(log, ['+x', '-x', '+x', '-x'])
})

test('intensity counts within its period only; 0 allows no restart', async () => {
  const children = new Children()
  await inTime(function* () {
    const supervisor = yield* supervise([children.waits('x')], { intensity: 2, period: 1000, delay: 0 })
    for (let i = 0; i < 20; i++) {
      yield* sleep(501)
      children.fail('x')
    }
    yield* settle()
    assert.equal(supervisor.status()[0]!.restarts, 20)
    yield* supervisor.stop()
    const error = yield* thrownIn(function* () {
      yield* supervise([children.waits('x')], { intensity: 0 })
      yield* settle()
      children.end('x')
      yield* forever()
    })
    assert.match(error.message, /after 0 restarts.*at last: it ended$/)
  })
})

test('the time before a restart grows up to its limit, and is short again after a long run', async () => {
  const starts: number[] = []
  let life = 0
  const child: ChildOptions = {
    name: 'x',
    *run() {
      starts.push(now())
      yield* sleep(life)
    },
  }
  await inTime(function* () {
    const options = {
      intensity: Infinity,
      delay: 100,
      factor: 3,
      maxDelay: 2000,
      jitter: false,
      period: 10_000,
    }
    const supervisor = yield* supervise([child], options)
    yield* sleep(6000)
    const gaps = starts.slice(1).map((at, nth) => Math.round(at - starts[nth]!))
    assert.deepEqual(gaps.slice(0, 6), [100, 300, 900, 2000, 2000])
    life = 10_000
    yield* sleep(2000)
    starts.length = 0
    life = 0
    yield* sleep(13_000)
    const after = starts.slice(1).map((at, nth) => Math.round(at - starts[nth]!))
    assert.deepEqual(after.slice(0, 2), [300, 900])
    yield* supervisor.stop()
  })
})

test('with jitter the time is drawn from 0 up to that', async () => {
  const delays: number[] = []
  await inTime(function* () {
    const supervisor = yield* supervise([{ name: 'x', run: () => sleep(1) }], {
      intensity: Infinity,
      delay: 100,
      factor: 1,
      onEvent: ({ delay }) => delay !== undefined && delays.push(delay),
    })
    yield* sleep(20_000)
    yield* supervisor.stop()
  })
  assert.ok(delays.length > 100)
  assert.ok(delays.every(delay => delay >= 0 && delay <= 100))
  assert.ok(Math.min(...delays) < 30 && Math.max(...delays) > 70)
})

test('while one child waits for its restart the others are looked after', async () => {
  const children = new Children()
  await inTime(function* () {
    const options = { delay: 1000, factor: 1, jitter: false, intensity: Infinity }
    const supervisor = yield* supervise([children.waits('a'), children.waits('b')], options)
    yield* settle()
    children.fail('a')
    yield* sleep(500)
    children.fail('b')
    yield* settle()
    assert.deepEqual(
      supervisor.status().map(({ state }) => state),
      ['waiting', 'waiting'],
    )
    yield* sleep(500)
    assert.deepEqual(
      supervisor.status().map(({ state }) => state),
      ['running', 'waiting'],
    )
    yield* sleep(500)
    assert.equal(children.news(), '+a +b -a -b +a +b')
    yield* supervisor.stop()
  })
})

test('a child that does not stop within its shutdown is abandoned, and that is told', async () => {
  const children = new Children()
  const stubborn: ChildOptions = {
    name: 'stubborn',
    shutdown: 100,
    *run() {
      defer(() => forever())
      yield* forever()
    },
  }
  await inTime(function* () {
    const began = now()
    const error = yield* thrownIn(function* () {
      const supervisor = yield* supervise([children.waits('a'), stubborn])
      yield* settle()
      yield* supervisor.stop()
    })
    assert.equal(error.name, 'GraceError')
    assert.ok(now() - began < 200)
  })
  assert.equal(children.news(), '+a -a')
})

test('errors of the cleanup are thrown when all have been stopped', async () => {
  const child = (name: string): ChildOptions => ({
    name,
    *run() {
      defer(() => {
        throw new Error(`cleanup of ${name}`)
      })
      yield* forever()
    },
  })
  await inTime(function* () {
    const error = yield* thrownIn(function* () {
      const supervisor = yield* supervise([child('a'), child('b')])
      yield* settle()
      yield* supervisor.stop()
    })
    assert.ok(error instanceof ScopeError)
    assert.deepEqual(
      error.errors.map(({ message }) => message),
      ['cleanup of b', 'cleanup of a'],
    )
  })
})

test('a hook that throws fails the supervisor, whose children are stopped', async () => {
  for (const type of ['started', 'ended', 'restarting', 'stopped']) {
    const children = new Children()
    await inTime(function* () {
      const error = yield* thrownIn(function* () {
        const supervisor = yield* supervise([children.waits('a'), children.waits('b')], {
          ...EAGER,
          onEvent(event) {
            if (event.type === type) throw new Error(`hook at ${type}`)
          },
        })
        yield* settle()
        children.fail('a')
        yield* settle()
        yield* supervisor.stop()
      })
      assert.equal(error.message, `hook at ${type}`)
    })
    const told = children.log
    assert.equal(
      told.filter(each => each.startsWith('+')).length,
      told.filter(each => each.startsWith('-')).length,
    )
  }
})

test('events tell all that happens', async () => {
  const children = new Children()
  const events: string[] = []
  await inTime(function* () {
    const supervisor = yield* supervise([children.waits('a'), children.waits('b')], {
      delay: 10,
      jitter: false,
      strategy: 'oneForAll',
      onEvent({ child, type, error, delay }) {
        events.push(
          [type, child, error && (error as Error).message, delay]
            .filter(part => part !== undefined)
            .join(' '),
        )
      },
    })
    yield* settle()
    children.fail('a')
    yield* sleep(20)
    yield* supervisor.stop()
  })
  assert.deepEqual(events, [
    'started a',
    'started b',
    'ended a a failed',
    'stopped b',
    'restarting a 10',
    'restarting b 10',
    'started a',
    'started b',
    'stopped b',
    'stopped a',
  ])
})

test('a child that is unwell is stopped and run again', async () => {
  const checks: Record<string, () => unknown> = {
    throws: () => {
      throw new Error('no answer')
    },
    'gives false': () => false,
    'takes too long': () => forever(),
  }
  for (const [what, check] of Object.entries(checks)) {
    let runs = 0
    const errors: unknown[] = []
    await inTime(function* () {
      const supervisor = yield* supervise(
        [
          {
            name: 'x',
            *start(ready: (port: number) => void) {
              ready(++runs)
              yield* forever()
            },
            health: {
              check: (port: number) => (port === 1 ? check() : true),
              interval: 1000,
              timeout: 500,
              failures: 2,
            },
          },
        ],
        { ...EAGER, onEvent: ({ error }) => error && errors.push(error) },
      )
      yield* sleep(1600)
      assert.equal(supervisor.status()[0]!.unwell, 1, what)
      yield* sleep(10_000)
      assert.equal(runs, 2)
      assert.equal(supervisor.status()[0]!.unwell, 0)
      yield* supervisor.stop()
    })
    assert.equal(errors.length, 1)
    assert.ok(errors[0] instanceof HealthError)
    assert.match(errors[0].message, /^child "x" is unwell: 2 checks failed in a row; the last: /)
  }
})

test('a child that gets well again in time goes on', async () => {
  let checks = 0
  await inTime(function* () {
    const supervisor = yield* supervise([
      { name: 'x', run: () => forever(), health: { check: () => ++checks % 3 === 0, interval: 100 } },
    ])
    yield* sleep(2050)
    assert.equal(checks, 20)
    assert.equal(supervisor.status()[0]!.restarts, 0)
    yield* supervisor.stop()
  })
})

test('a child can be restarted by hand, which counts for nothing', async () => {
  const children = new Children()
  await inTime(function* () {
    const supervisor = yield* supervise([children.waits('a'), children.waits('b')], { intensity: 0 })
    yield* settle()
    children.news()
    supervisor.restart('a')
    yield* settle()
    assert.equal(children.news(), '-a +a')
    assert.equal(supervisor.status()[0]!.restarts, 1)
    assert.throws(() => supervisor.restart('c'), /the supervisor has no child "c"; it has a, b/)
    yield* supervisor.stop()
  })
})

test('a supervisor without anything left to run ends', async () => {
  const children = new Children()
  await inTime(function* () {
    const supervisor = yield* supervise([
      children.waits('a', { restart: 'transient' }),
      children.waits('b', { restart: 'temporary' }),
    ])
    yield* settle()
    children.end('a')
    children.fail('b')
    yield* supervisor.ended()
  })
})

test('a supervisor is a child like any other: the one above restarts it', async () => {
  let runs = 0
  const inner: ChildOptions = {
    name: 'inner',
    *run() {
      const each = ++runs
      yield* supervise([
        {
          name: 'leaf',
          *run() {
            if (each < 3) throw new Error('leaf')
            yield* forever()
          },
        },
      ])
    },
  }
  await inTime(function* () {
    const outer = yield* supervise([inner], { intensity: 5, period: 60_000 })
    yield* sleep(50_000)
    assert.equal(runs, 3)
    assert.equal(outer.status()[0]!.restarts, 2)
    assert.ok(outer.status()[0]!.error instanceof SupervisorError)
    yield* outer.stop()
  })
})

test('a cancellation while children are still starting stops those that have begun', async () => {
  const children = new Children()
  await inTime(function* () {
    yield* scope(function* () {
      const task = spawn(() =>
        supervise([children.waits('a'), { name: 'slow', start: () => forever() }, children.waits('c')]),
      )
      yield* settle()
      task.cancel()
      yield* task.settled()
    })
  })
  assert.equal(children.news(), '+a -a')
})

test('async and plain functions are children, too', async () => {
  let ends = 0
  const wait = (signal: AbortSignal) =>
    new Promise<void>(resolve =>
      signal.addEventListener('abort', () => {
        ends++
        resolve()
      }),
    )
  await run(function* () {
    const supervisor = yield* supervise([
      { name: 'async', run: async signal => await wait(signal) },
      {
        name: 'async start',
        async start(ready, signal) {
          ready()
          await wait(signal)
        },
      },
      { name: 'plain', run: () => 5, restart: 'temporary' },
    ])
    yield* settle()
    yield* supervisor.stop()
  })
  assert.equal(ends, 2)
})

test('what cannot be supervised is refused at once', () => {
  const ok: ChildOptions = idle('x')
  const wrong: [() => unknown, RegExp][] = [
    [() => supervise([]), /supervise got no children/],
    [() => supervise('x' as any), /supervise got no children/],
    [() => supervise([null as any]), /supervise got null as a child; give it a name/],
    [() => supervise([{ run: () => {} } as any]), /give it a name/],
    [() => supervise([{ name: 'x' } as any]), /give it `run` or `start`/],
    [() => supervise([{ name: 'x', run: () => {}, start: () => {} } as any]), /one of the two/],
    [
      () => supervise([{ name: 'x', run: forever() as any }]),
      /"x" can be run only once as it stands; give a function/,
    ],
    [() => supervise([ok, idle('x')]), /two children named "x"/],
    [() => supervise([{ ...ok, restart: 'always' as any }]), /restart of "x" got "always"; give 'permanent'/],
    [() => supervise([{ ...ok, shutdown: -1 }]), /shutdown of "x" got -1/],
    [() => supervise([{ ...ok, health: { check: 1 as any } }]), /health.check of "x" got 1; give a function/],
    [
      () => supervise([{ ...ok, health: { check: () => {}, interval: Number.NaN } }]),
      /health.interval of "x" got NaN/,
    ],
    [() => supervise([{ ...ok, health: { check: () => {}, failures: 0 } }]), /health.failures of "x" got 0/],
    [() => supervise([ok], { strategy: 'all' as any }), /strategy got "all"; give 'oneForOne'/],
    [() => supervise([ok], { intensity: -1 }), /intensity got -1/],
    [() => supervise([ok], { intensity: 1.5 }), /intensity got 1.5/],
    [() => supervise([ok], { period: Number.NaN }), /period got NaN/],
    [() => supervise([ok], { delay: -1 }), /delay got -1/],
    [() => supervise([ok], { maxDelay: '5s' as any }), /maxDelay got/],
    [() => supervise([ok], { onEvent: 5 as any }), /onEvent got 5; give a function/],
    [() => supervise([ok], { factor: 0 }), /factor got 0; give a number of 1 or more/],
  ]
  for (const [make, message] of wrong) {
    assert.throws(make, UsageError)
    assert.throws(make, message)
  }
})
