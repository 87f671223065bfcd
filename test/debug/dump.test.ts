import assert from 'node:assert/strict'
import { test } from 'node:test'
import { channel, co, forever, run, scope, sleep, spawn, timeout } from 'omakase'
import { debugMode, dump, snapshot } from 'omakase/debug'
import { turn } from '../core/turns.js'

const receiver = channel()[1]

const fetchPage = co(function* fetchPage() {
  yield* receiver.receive()
})

const crawl = co(function* crawl() {
  yield* fetchPage()
})

async function whileWaiting<T>(body: () => any, look: () => T): Promise<T> {
  const task = run(body, { name: 'root' })
  // Each has then taken its steps, however busy the machine is.
  do await turn()
  while (snapshot().tasks.some(({ state }) => state === 'ready'))
  try {
    return look()
  } finally {
    task.cancel()
    await task.settled()
  }
}

/** The dump without numbers of tasks, and with the places' last parts only. */
function lines(): string[] {
  return dump()
    .replace(/#\d+/g, '#')
    .replace(/\(?\/[^ ;]*\/(dump\.test\.[jt]s):\d+:\d+\)?/g, '$1')
    .split('\n')
}

test('a dump tells of each task what it waits on, and where', async () => {
  const text = await whileWaiting(function* root() {
    spawn(crawl, { name: 'crawler' })
    yield* sleep(10_000)
  }, lines)
  assert.deepEqual(text, [
    '"root" #: waits on sleep; at root dump.test.ts',
    '  "crawler" #: waits on receive; at fetchPage dump.test.ts ← crawl dump.test.ts',
  ])
})

test('identical siblings are folded, also where only the number in their names differs', async () => {
  const text = await whileWaiting(function* root() {
    for (let i = 0; i < 990; i++) spawn(() => forever(), { name: `idle ${i}` })
    for (let i = 0; i < 10; i++) spawn(() => receiver.receive(), { name: 'reader' })
    yield* forever()
  }, lines)
  assert.deepEqual(text.slice(1), [
    '  "idle 0" … "idle 989" × 990 # … #: waits on forever',
    '  "reader" × 10 # … #: waits on receive',
  ])
})

test('scopes stand between a task and its children', async () => {
  const text = await whileWaiting(function* root() {
    yield* timeout(60_000, () =>
      scope(
        function* () {
          spawn(() => forever(), { name: 'inner', daemon: true })
          yield* forever()
        },
        { name: 'group' },
      ),
    )
  }, lines)
  assert.match(text[1]!, /^ {2}scope "timeout": \d+ ms left$/)
  assert.deepEqual(text.slice(2), ['    scope "group"', '      "inner" #: daemon, waits on forever'])
})

test('a snapshot is plain data that tells who waits for whom', async () => {
  const { tasks, scopes } = await whileWaiting(
    function* root() {
      const worker = spawn(crawl, { name: 'worker' })
      yield* worker
    },
    () => JSON.parse(JSON.stringify(snapshot())),
  )
  const [root, worker] = tasks
  assert.deepEqual([root.name, root.state, root.scope, root.heldBy], ['root', 'waiting', null, [worker.id]])
  assert.equal(worker.waitsOn, 'receive')
  assert.deepEqual(
    worker.frames.map((frame: { name: string }) => frame.name),
    ['fetchPage', 'crawl'],
  )
  assert.match(worker.frames[0].at, /\/test\/debug\/dump\.test\.ts:\d+:\d+$/)
  assert.equal(scopes.find((scope: { id: number }) => scope.id === worker.scope).task, root.id)
})

test('a tree of any depth can be shown', async () => {
  const text = await whileWaiting(
    () => {
      const nest = co(function* (depth: number): any {
        if (depth < 2000) spawn(() => nest(depth + 1))
        yield* forever()
      })
      return nest(0)
    },
    () => [dump(), JSON.stringify(snapshot())],
  )
  assert.ok(text[0]!.length < 100_000)
})

test('without a task there is nothing to show', () => {
  assert.equal(dump(), 'no task')
})

test('identical siblings are folded in debug mode, too, where each was spawned at the same line', async () => {
  const off = debugMode({ report: () => {} })
  const text = await whileWaiting(function* root() {
    for (let i = 0; i < 20; i++) spawn(() => forever(), { name: `idle ${i}` })
    yield* forever()
  }, lines)
  off()
  assert.equal(text.length, 2)
  assert.match(
    text[1]!,
    /^ {2}"idle 0" … "idle 19" × 20 # … #: waits on forever; spawned at root dump\.test\.ts$/,
  )
})
