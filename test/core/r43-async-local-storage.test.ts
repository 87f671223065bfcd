import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { test } from 'node:test'
import { all, channel, checkpoint, defer, once, race, run, scope, sleep, spawn, suspend, wait } from 'omakase'

const storage = new AsyncLocalStorage<string>()

test('R43: each step of a task sees the store that was current where it was run', async () => {
  const seen: unknown[] = []
  const look = (name: string) =>
    storage.run(name, () =>
      run(function* () {
        for (let i = 0; i < 3; i++) {
          seen.push([name, storage.getStore()])
          yield* checkpoint()
        }
        yield* sleep(1)
        seen.push([name, storage.getStore()])
      }),
    )
  const none = run(function* () {
    yield* sleep(1)
    return storage.getStore()
  })
  await Promise.all([look('a'), look('b'), look('c')])
  assert.equal(await none, undefined)
  assert.equal(seen.length, 12)
  for (const [name, store] of seen as [string, string][]) assert.equal(store, name)
})

test('R43: a child sees the store in which it was spawned, not that of whoever wakes it', async () => {
  const seen: Record<string, unknown> = {}
  await storage.run('root', () =>
    run(() =>
      scope(function* () {
        const [sender, receiver] = channel<number>()
        storage.run('receiver', () =>
          spawn(function* () {
            yield* receiver.receive()
            seen.receiver = storage.getStore()
          }),
        )
        storage.run('sender', () =>
          spawn(function* () {
            yield* sender.send(1)
            seen.sender = storage.getStore()
          }),
        )
        yield* checkpoint()
        seen.root = storage.getStore()
      }),
    ),
  )
  assert.deepEqual(seen, { root: 'root', receiver: 'receiver', sender: 'sender' })
})

test('R43: promises, callbacks and deferred functions of a task are within its store', async () => {
  const seen: unknown[] = []
  const note = () => seen.push(storage.getStore())
  await storage.run('mine', () =>
    run(function* () {
      defer(note)
      yield* wait(async () => {
        await null
        note()
      })
      yield* suspend<void>(resume => {
        setTimeout(() => {
          note()
          resume()
        }, 1)
        return () => {}
      })
      yield* race([sleep(1), sleep(50)])
      note()
      yield* all([
        function* () {
          yield* checkpoint()
          note()
        },
      ])
    }),
  )
  assert.deepEqual(seen, new Array(5).fill('mine'))
})

test('R43: code that is called by an event of somebody else keeps its own store there', async () => {
  const target = new EventTarget()
  const seen: unknown[] = []
  const waiting = storage.run('waits', () =>
    run(function* () {
      yield* once(target, 'ping')
      seen.push(storage.getStore())
    }),
  )
  await run(() => sleep(1))
  storage.run('fires', () => {
    target.dispatchEvent(new Event('ping'))
    seen.push(storage.getStore())
  })
  await waiting
  assert.deepEqual(seen, ['fires', 'waits'])
})
