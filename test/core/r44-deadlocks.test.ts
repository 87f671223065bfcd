import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

interface Result {
  readonly kind?: string
  readonly message?: string
  readonly log: string[]
}

let results: Record<string, Result>

function program(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url))
}

before(async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [program('deadlocks.js')])
  results = JSON.parse(stdout)
})

/** The message with places and numbers of tasks left out. */
function messageOf(name: string): string[] {
  const { kind, message } = results[name]!
  assert.equal(kind, 'DeadlockError', name)
  return message!
    .replace(/,? ?(at )?([^,]+ )?\(?\/\S+\.[tj]s:\d+:\d+\)?/g, '')
    .replace(/#\d+/g, '#')
    .split('\n')
}

const HEAD = '"root" can never end: nothing is left that could wake one of these tasks'

for (const [name, lines] of Object.entries({
  'a channel that nobody sends to': ['  "root" # waits on receive'],
  'a channel that nobody receives from': ['  "root" # waits on send'],
  'a semaphore that is never released': ['  "root" # waits on a semaphore'],
  'a shield': ['  "root" # waits on receive'],
})) {
  test(`R44 ${name}: the root fails, and is named with what it waits on`, () => {
    assert.deepEqual(messageOf(name), [HEAD.replace('one of these tasks', 'its task'), ...lines])
  })
}

test('R44 two tasks that join each other are named with whom they wait for, and their ring', () => {
  assert.deepEqual(messageOf('two tasks that join each other'), [
    HEAD,
    '  "root" # waits on the end of "first", "second"',
    '  "first" # waits on the end of task "second" (#)',
    '  "second" # waits on the end of task "first" (#)',
    '  in a ring: "first" → "second" → "first"',
  ])
  assert.deepEqual(results['two tasks that join each other']!.log.sort(), ['first', 'second'])
})

test('R44 tasks that hold what the other waits for are named as a ring', () => {
  assert.deepEqual(messageOf('two locks, taken in different order').slice(2), [
    '  "left" # waits on the lock that task "right" holds (#)',
    '  "right" # waits on the lock that task "left" holds (#)',
    '  in a ring: "left" → "right" → "left"',
  ])
})

for (const name of [
  'an event that nobody sets',
  'a barrier that lacks one',
  'a condition that nobody notifies',
  'a limiter without room',
  'a select',
]) {
  test(`R44 so is ${name}`, () => assert.equal(messageOf(name).length, 2))
}

test('R44 a child in nested scopes fails its root, and is unwound', () => {
  assert.deepEqual(messageOf('a child in a scope in a scope'), [
    HEAD,
    '  "root" # waits on the end of "child" (#)',
    '  "child" # waits on receive',
  ])
  assert.deepEqual(results['a child in a scope in a scope']!.log, ['child'])
})

test('R44 a root fails whatever the rest of its tasks waits for, and all are unwound', () => {
  assert.deepEqual(messageOf('idle tasks beside one that receives').slice(2), [
    '  "idle" # waits on forever',
    '  "suspended" # waits on suspend',
    '  "promised" # waits on a promise',
    '  "receiver" # waits on receive',
  ])
  assert.deepEqual(results['idle tasks beside one that receives']!.log.sort(), ['idle', 'suspended'])
})

test('R44 a task that joins another for ever is in a deadlock, whatever that one waits for', () => {
  assert.equal(results['a task that joins an idle one']!.kind, 'DeadlockError')
})

test('R44 tasks that wait for the same share a line', () => {
  assert.deepEqual(messageOf('many that wait for the same').slice(2), [
    '  "one of many" × 100 # … # waits on receive',
  ])
})

test('R44 a contest names what it waits for', () => {
  assert.deepEqual(messageOf('a select').slice(1), [
    '  "root" # waits on the first of item (receive), never (forever)',
  ])
  assert.deepEqual(messageOf('a race of a task and an operation').slice(1), [
    '  "root" # waits on the first of "runner", receive (#)',
    '  "runner" # waits on an event',
  ])
})

test('R44 a ring may lead through a place that is waited for, and through a lock that is held for a body', () => {
  assert.deepEqual(messageOf('items that want what is held around them').slice(1), [
    '  "root" # waits on a place to become free',
    '  "with" × 2 # … # waits on the lock that task "root" holds (#)',
    '  in a ring: "root" → "with" → "root"',
  ])
})

test('R44 so may it through a contestant', () => {
  assert.deepEqual(messageOf('a contestant that wants what is held around it').slice(1), [
    '  "root" # waits on the first of "runner", forever (#)',
    '  "runner" # waits on the lock that task "root" holds (#)',
    '  in a ring: "root" → "runner" → "root"',
  ])
})

test('R44 children of one name share their place in what is waited for', () => {
  assert.match(messageOf('many that wait for the same')[1]!, /waits on the end of "one of many" × 100$/)
})

test('R44 a deadlock says at which line each task stands', () => {
  assert.match(
    results['a semaphore that is never released']!.message!,
    /semaphore, at .*deadlocks\.[tj]s:\d+:\d+/,
  )
})

test('R44 cleanup that can never end is given up', () => {
  assert.equal(results['cleanup that waits, too']!.kind, 'DeadlockError')
})

test('R44 cleanup after a deadlock runs to its end', () => {
  assert.equal(results['cleanup that takes its time']!.kind, 'DeadlockError')
  assert.deepEqual(results['cleanup that takes its time']!.log, ['after a while'])
})

test('R44 a task that will be woken is in none', () => {
  assert.deepEqual(results['one that is woken in time'], { log: ['woken'] })
})

test('R44 every root in a deadlock fails', () => {
  assert.deepEqual(results['two roots'], ['DeadlockError', 'DeadlockError'])
})

test('R44 suspend, wait and forever are no deadlock by themselves', async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [program('pending-at-exit.js')])
  assert.equal(stdout + stderr, '')
})
