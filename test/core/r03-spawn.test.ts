import assert from 'node:assert/strict'
import { test } from 'node:test'
import { channel, checkpoint, co, run, type Scope, Semaphore, scope, shield, spawn, type Task } from 'omakase'
import { atDepths } from './depths.js'
import { gate } from './gate.js'
import { withKinds } from './kinds.js'
import { turns } from './turns.js'

withKinds('R3: spawn does not run the child, the parent runs on until it suspends', async make => {
  const log: string[] = []
  await run(function* () {
    const child = spawn(make(() => log.push('child')))
    assert.equal(child.state, 'ready')
    log.push('parent')
    yield* child
    log.push('joined')
  })
  assert.deepEqual(log, ['parent', 'child', 'joined'])
})

atDepths('R3: children start in spawn order, when the parent suspends', async deep => {
  const log: (number | string)[] = []
  await run(() =>
    deep(function* () {
      for (let i = 0; i < 5; i++) {
        spawn(function* () {
          log.push(i)
        })
      }
      log.push('parent')
      yield* checkpoint()
      log.push('parent again')
    }),
  )
  assert.deepEqual(log, ['parent', 0, 1, 2, 3, 4, 'parent again'])
})

test('R3: calls that do not suspend leave the children where they are', async () => {
  const log: string[] = []
  const helper = co(function* () {
    log.push('helper')
    return 1
  })
  await run(function* () {
    spawn(() => log.push('child'))
    for (let i = 0; i < 3; i++) yield* helper()
    log.push('parent')
    yield* checkpoint()
  })
  assert.deepEqual(log, ['helper', 'helper', 'helper', 'parent', 'child'])
})

test('R3: operations that are ready, shields and empty scopes do not suspend either', async () => {
  const log: string[] = []
  await run(function* () {
    const [sender, receiver] = channel<number>(1)
    const semaphore = new Semaphore(1)
    spawn(() => log.push('child'))
    yield* sender.send(1)
    log.push(`received ${yield* receiver.receive()}`)
    yield* semaphore.acquire()
    semaphore.release()
    yield* shield(() => {})
    yield* scope(() => {})
    log.push('parent')
    yield* checkpoint()
  })
  assert.deepEqual(log, ['received 1', 'parent', 'child'])
})

test('R3: the order is that of spawning, whatever scope the child was given to', async () => {
  const log: string[] = []
  const child = (name: string) => () => {
    log.push(name)
  }
  await run(function* () {
    yield* scope(function* (outer) {
      spawn(child('a'))
      yield* scope(function* (inner) {
        outer.spawn(child('b'))
        inner.spawn(child('c'))
        spawn(child('d'))
        outer.spawn(child('e'), { daemon: true })
        log.push('body')
      })
    })
  })
  assert.deepEqual(log, ['body', 'a', 'b', 'c', 'd', 'e'])
})

test('R3: children of children come after the children', async () => {
  const log: string[] = []
  const tree = (name: string, depth: number) =>
    function* (): Generator<any, void, any> {
      log.push(name)
      if (depth === 0) return
      spawn(tree(`${name}1`, depth - 1))
      spawn(tree(`${name}2`, depth - 1))
    }
  await run(tree('t', 2))
  assert.deepEqual(log, ['t', 't1', 't2', 't11', 't12', 't21', 't22'])
})

test('R3: the order holds where a child is cancelled before its start', async () => {
  const log: number[] = []
  await run(function* () {
    const children: Task<void>[] = []
    for (let i = 0; i < 4; i++) {
      children.push(
        spawn(function* () {
          log.push(i)
          yield* checkpoint()
        }),
      )
    }
    children[1]!.cancel()
    children[3]!.cancel()
    yield* checkpoint()
  })
  assert.deepEqual(log, [0, 1, 2, 3])
})

test('R3: a parent that has suspended before comes after what was ready then', async () => {
  const log: string[] = []
  await run(function* () {
    spawn(function* () {
      log.push('a')
      yield* checkpoint()
      log.push('a again')
    })
    yield* checkpoint()
    log.push('parent')
    spawn(() => log.push('b'))
    yield* checkpoint()
    log.push('parent again')
  })
  assert.deepEqual(log, ['a', 'parent', 'a again', 'b', 'parent again'])
})

test('R3: a child that is spawned from outside of any task is queued too', async () => {
  const log: string[] = []
  const open = gate()
  let home!: Scope
  const task = run(() =>
    scope(function* (inner) {
      home = inner
      yield* open.wait()
    }),
  )
  await turns()
  home.spawn(() => log.push('first'))
  home.spawn(() => log.push('second'))
  log.push('outside')
  open.open()
  await task
  assert.deepEqual(log, ['outside', 'first', 'second'])
})
