import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  all,
  checkpoint,
  co,
  defer,
  forEach,
  local,
  moveOnAfter,
  race,
  run,
  type Scope,
  scope,
  shield,
  sleep,
  spawn,
  timeout,
  use,
} from 'omakase'
import { atDepths, type Gen } from './depths.js'
import { gate } from './gate.js'
import { turns } from './turns.js'

const id = local('id', 'default')

function* read(): Gen<string> {
  yield* checkpoint()
  return id.get()
}

atDepths('R42: a child sees what its parent has set', async deep => {
  const seen = await run(() =>
    deep(function* () {
      id.set('parent')
      const child = spawn(function* () {
        const grandchild = spawn(() => deep(read))
        return [id.get(), yield* grandchild]
      })
      return yield* child
    }),
  )
  assert.deepEqual(seen, ['parent', 'parent'])
})

test('R42: it sees what was set when it was spawned, not what is set before its first step or later', async () => {
  const seen = await run(function* () {
    id.set('as it was then')
    const child = spawn(function* () {
      const first = id.get()
      yield* sleep(2)
      return [first, id.get()]
    })
    id.set('before its first step')
    yield* sleep(1)
    id.set('later')
    return yield* child
  })
  assert.deepEqual(seen, ['as it was then', 'as it was then'])
})

test('R42: what a child sets reaches neither its parent nor its siblings', async () => {
  const seen = await run(function* () {
    id.set('parent')
    const before = spawn(function* () {
      yield* sleep(2)
      return id.get()
    })
    const setter = spawn(function* () {
      id.set('child')
      yield* sleep(1)
      return id.get()
    })
    const own = yield* setter
    const after = spawn(read)
    return [own, id.get(), yield* before, yield* after]
  })
  assert.deepEqual(seen, ['child', 'parent', 'parent', 'parent'])
})

test('R42: set in a helper lasts beyond it, to the end of the scope it was called in', async () => {
  const helper = co(function* (value: string): Gen<void> {
    yield* checkpoint()
    id.set(value)
    yield* checkpoint()
  })
  const seen = await run(function* () {
    const values = [id.get()]
    yield* helper('task')
    values.push(id.get())
    yield* scope(function* () {
      values.push(id.get())
      yield* helper('scope')
      values.push(id.get())
    })
    values.push(id.get())
    return values
  })
  assert.deepEqual(seen, ['default', 'task', 'task', 'scope', 'task'])
})

const scopes: Record<string, (body: () => Gen<void>) => any> = {
  scope: body => scope(body),
  timeout: body => timeout(100_000, body),
  moveOnAfter: body => moveOnAfter(100_000, body),
}
for (const [what, open] of Object.entries(scopes)) {
  atDepths(`R42: set ends with its ${what}, however that ends`, async deep => {
    const seen = await run(function* () {
      id.set('outside')
      const values: string[] = []
      yield* open(function* () {
        yield* deep(function* () {
          id.set('inside')
        })
        values.push(id.get())
      })
      values.push(id.get())
      try {
        yield* open(function* () {
          id.set('inside')
          yield* checkpoint()
          throw new Error('out')
        })
      } catch {}
      values.push(id.get())
      return values
    })
    assert.deepEqual(seen, ['inside', 'outside', 'outside'])
  })
}

test('R42: set is undone also where the scope was cancelled or timed out', async () => {
  const seen = await run(function* () {
    id.set('outside')
    const values: string[] = []
    yield* moveOnAfter(1, function* () {
      id.set('inside')
      try {
        yield* sleep(100_000)
      } finally {
        yield* checkpoint()
        values.push(id.get())
      }
    })
    values.push(id.get())
    try {
      yield* scope(function* (self) {
        id.set('inside')
        self.cancel()
        yield* checkpoint()
      })
    } catch {}
    values.push(id.get())
    return values
  })
  assert.deepEqual(seen, ['inside', 'outside', 'outside'])
})

test('R42: a shield and a call are no scopes: set in them lasts', async () => {
  const seen = await run(function* () {
    yield* shield(function* () {
      yield* checkpoint()
      id.set('in a shield')
    })
    return id.get()
  })
  assert.equal(seen, 'in a shield')
})

test('R42: contestants and items are tasks of their own', async () => {
  const setter = (value: string) =>
    function* (): Gen<string> {
      const before = id.get()
      id.set(value)
      yield* checkpoint()
      return `${before} ${id.get()}`
    }
  const seen = await run(function* () {
    id.set('parent')
    const values = yield* all([setter('a'), setter('b')])
    values.push(yield* race([setter('c'), setter('d')]))
    const items: string[] = []
    yield* forEach(
      ['e', 'f'],
      function* (item) {
        items.push(id.get())
        id.set(item)
        yield* checkpoint()
      },
      { concurrency: 2 },
    )
    return [...values, ...items, id.get()]
  })
  assert.deepEqual(seen, ['parent a', 'parent b', 'parent c', 'parent', 'parent', 'parent'])
})

test('R42: with gives its body another value, and its children too', async () => {
  const seen = await run(function* () {
    id.set('outside')
    const values = yield* id.with('with', function* () {
      const child = spawn(read)
      const grandchild = spawn(() => all([read]))
      yield* checkpoint()
      return [id.get(), yield* child, ...(yield* grandchild)]
    })
    return [...values, id.get()]
  })
  assert.deepEqual(seen, ['with', 'with', 'with', 'outside'])
})

test('R42: with gives the old value back where its body throws or is cancelled', async () => {
  const seen: string[] = []
  const task = run(function* () {
    id.set('outside')
    try {
      yield* id.with('with', function* () {
        yield* checkpoint()
        throw new Error('out')
      })
    } catch {
      seen.push(id.get())
    }
    try {
      yield* id.with('with', () => sleep(100_000))
    } finally {
      seen.push(id.get())
    }
  })
  await turns()
  task.cancel()
  await task.settled()
  assert.deepEqual(seen, ['outside', 'outside'])
})

test('R42: set inside with is no resource of it: it may last to the end of the scope, or be undone, but never leaks into another task', async () => {
  await run(function* () {
    const other = spawn(function* () {
      yield* sleep(3)
      return id.get()
    })
    yield* id.with('with', function* () {
      id.set('set inside with')
      yield* checkpoint()
      assert.equal(id.get(), 'set inside with')
    })
    assert.equal(yield* other, 'default')
  })
})

test('R42: Scope.spawn gives the child the locals of the task that calls it, and outside of any those of the owner of the scope', async () => {
  let inner!: Scope
  const seen: string[] = []
  const done = gate()
  await run(function* () {
    id.set('owner')
    const opened = spawn(function* () {
      id.set('opener')
      yield* scope(function* (self) {
        inner = self
        id.set('in the scope')
        yield* done.wait()
      })
    })
    yield* sleep(1)
    id.set('caller')
    inner.spawn(function* () {
      seen.push(yield* scope(read))
    })
    setImmediate(() => {
      inner.spawn(() => void seen.push(id.get()))
      done.open()
    })
    yield* opened
  })
  assert.deepEqual(seen, ['caller', 'in the scope'])
})

test('R42: outside of any task, and in a new root, there is the default', async () => {
  assert.equal(id.get(), 'default')
  const objects = local<{ n: number } | undefined>('object', undefined)
  assert.equal(objects.get(), undefined)
  assert.equal(id.name, 'id')
  await run(function* () {
    id.set('root')
    yield* checkpoint()
  })
  assert.equal(await run(read), 'default')
})

test('R42: locals of the same name are different ones', async () => {
  const twin = local('id', 'twin')
  await run(function* () {
    id.set('one')
    assert.equal(twin.get(), 'twin')
    twin.set('other')
    yield* checkpoint()
    assert.equal(id.get(), 'one')
  })
})

test('R42: undefined is a value like any other', async () => {
  const maybe = local<string | undefined>('maybe', 'default')
  const seen = await run(function* () {
    maybe.set(undefined)
    const child = spawn(() => maybe.get())
    return [maybe.get(), yield* child]
  })
  assert.deepEqual(seen, [undefined, undefined])
})

test('R42: deferred functions and releases of a scope see what was set in it', async () => {
  const seen: string[] = []
  await run(function* () {
    id.set('outside')
    yield* scope(function* () {
      defer(() => void seen.push(id.get()))
      yield* use(
        () => 0,
        function* (): Gen<void> {
          yield* checkpoint()
          seen.push(id.get())
        },
      )
      id.set('in the scope')
    })
    seen.push(id.get())
  })
  assert.deepEqual(seen, ['in the scope', 'in the scope', 'outside'])
})

test('R42: a thousand tasks that take turns each see their own', async () => {
  const number = local('number', -1)
  const bodies = Array.from(
    { length: 1000 },
    (_, i) =>
      function* () {
        number.set(i)
        for (let n = 0; n < 3; n++) {
          yield* checkpoint()
          assert.equal(number.get(), i)
        }
      },
  )
  await run(() => all(bodies))
})
