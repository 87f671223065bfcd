import assert from 'node:assert/strict'
import { afterEach, mock, test } from 'node:test'
import {
  checkpoint,
  forever,
  type Instrument,
  instrument,
  race,
  run,
  type Scope,
  scope,
  shield,
  sleep,
  spawn,
  type Task,
  timeout,
} from 'omakase'
import { thrownBy } from './thrown.js'

const HOOKS = [
  'taskSpawned',
  'taskScheduled',
  'beforeStep',
  'afterStep',
  'taskBlocked',
  'taskEnded',
  'scopeOpened',
  'scopeCancelled',
  'scopeClosed',
] as const

let removes: (() => void)[] = []
afterEach(() => {
  for (const remove of removes) remove()
  removes = []
})

function attach(hooks: Instrument): () => void {
  const remove = instrument(hooks)
  removes.push(remove)
  return remove
}

/** Logs all that happens to tasks and scopes with names that the test has given. */
function logging(names: readonly string[], which: readonly (typeof HOOKS)[number][] = HOOKS): string[] {
  const log: string[] = []
  attach(
    Object.fromEntries(
      which.map(hook => [
        hook,
        (subject: Task<unknown> | Scope, reason?: { describe(): string }) => {
          if (!names.includes(subject.name)) return
          log.push([hook, subject.name, ...(reason === undefined ? [] : [reason.describe()])].join(' '))
        },
      ]),
    ),
  )
  return log
}

test('R46 an instrument hears everything that a task does, in order', async () => {
  const log = logging(['parent', 'child'])
  await run(
    function* () {
      const child = spawn(() => checkpoint(), { name: 'child' })
      yield* child
    },
    { name: 'parent' },
  )
  assert.deepEqual(log, [
    'taskSpawned parent',
    'taskScheduled parent',
    'beforeStep parent',
    'scopeOpened parent',
    'taskSpawned child',
    'taskScheduled child',
    'taskBlocked parent the end of task "child"',
    'afterStep parent',
    'beforeStep child',
    'taskScheduled child',
    'afterStep child',
    'beforeStep child',
    'taskScheduled parent',
    'taskEnded child',
    'afterStep child',
    'beforeStep parent',
    'scopeClosed parent',
    'taskEnded parent',
    'afterStep parent',
  ])
})

test('R46 scopes are heard of when they open, are cancelled and close', async () => {
  const log = logging(['work', 'timeout', 'child'], ['scopeOpened', 'scopeCancelled', 'scopeClosed'])
  await thrownBy(
    run(() =>
      timeout(1, () =>
        scope(
          function* () {
            spawn(() => forever(), { name: 'child' })
          },
          { name: 'work' },
        ),
      ),
    ),
  )
  assert.deepEqual(log, [
    'scopeOpened timeout',
    'scopeOpened work',
    'scopeCancelled timeout',
    'scopeOpened child',
    'scopeCancelled child',
    'scopeClosed child',
    'scopeClosed work',
    'scopeClosed timeout',
  ])
})

test('R46 every scope that opens closes, every step ends, every task ends', async () => {
  const open: Record<string, Set<unknown>> = { task: new Set(), scope: new Set(), step: new Set() }
  const attached = attach({
    taskSpawned: task => open.task!.add(task),
    taskEnded: task => assert.ok(open.task!.delete(task)),
    scopeOpened: scope => open.scope!.add(scope),
    scopeClosed: scope => assert.ok(open.scope!.delete(scope)),
    beforeStep: task => {
      assert.ok(!open.step!.has(task))
      open.step!.add(task)
    },
    afterStep: task => assert.ok(open.step!.delete(task)),
  })
  await run(function* () {
    yield* race([forever(), () => sleep(1), () => shield(() => checkpoint())])
    const task = spawn(forever)
    spawn(() => sleep(1))
    task.cancel()
    yield* scope(function* (inner) {
      inner.cancel()
      yield* forever()
    })
  }).then(null, () => {})
  attached()
  assert.deepEqual([open.task!.size, open.scope!.size, open.step!.size], [0, 0, 0])
})

test('R46 a shield is no scope', async () => {
  const log = logging(['shield'])
  await run(() => shield(() => sleep(0)))
  assert.deepEqual(log, [])
})

test('R46 after its removal an instrument hears nothing', async () => {
  let heard = 0
  const remove = attach({ taskSpawned: () => heard++ })
  await run(() => 1)
  remove()
  remove()
  await run(() => 1)
  assert.equal(heard, 1)
})

test('R46 a hook that throws is reported once and removed; the others stay, and the task goes on', async () => {
  const report = mock.method(console, 'error', () => {})
  const log: string[] = []
  attach({
    taskSpawned: () => {
      log.push('spawned')
      throw new Error('hook')
    },
    taskEnded: () => log.push('ended'),
  })
  attach({ taskSpawned: () => log.push('other') })
  try {
    assert.equal(await run(() => 1), 1)
    assert.equal(await run(() => 2), 2)
  } finally {
    report.mock.restore()
  }
  assert.deepEqual(log, ['spawned', 'other', 'ended', 'other', 'ended'])
  assert.equal(report.mock.callCount(), 1)
  const [message, error] = report.mock.calls[0]!.arguments
  assert.match(message, /the hook taskSpawned .* was removed/)
  assert.equal(error.message, 'hook')
})

test('R46 a hook may be a method, and sees its instrument', async () => {
  class Counter implements Instrument {
    count = 0
    taskSpawned() {
      this.count++
    }
  }
  const counter = new Counter()
  attach(counter)
  await run(() => 1)
  assert.equal(counter.count, 1)
})

test('R46 a hook that is not known, or is no function, is refused', () => {
  assert.throws(
    () => instrument({ taskStarted() {} } as Instrument),
    /knows no hook taskStarted; give taskSpawned, /,
  )
  assert.throws(
    () => instrument({ taskEnded: 1 } as unknown as Instrument),
    /got 1 for taskEnded; give a function/,
  )
})
