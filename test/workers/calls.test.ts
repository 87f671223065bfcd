import assert from 'node:assert/strict'
import { each, failure, value } from './support/bench.js'

each('sync and async functions give their values in the order of their ids', async (t, bench) => {
  for (const source of ['export default x => x * 2', 'export default async x => x * 2']) {
    const { send, all } = bench(t, source)
    send([1, 2, 3])
    assert.deepEqual((await all()).map(value), [2, 4, 6])
  }
})

each('a generator is run as a coroutine', async (t, bench) => {
  const core = import.meta.resolve('omakase')
  const { send, all } = bench(
    t,
    `import { co, sleep } from ${JSON.stringify(core)}
     const half = co(function* (x) { yield* sleep(1); return x / 2 })
     export default function* (x) { return (yield* half(x)) + 1 }`,
  )
  send([2, 4])
  assert.deepEqual((await all()).map(value), [2, 3])
})

each(
  'what a coroutine function returns is run as a coroutine, and cancelling it runs its finally',
  async (t, bench) => {
    const core = import.meta.resolve('omakase')
    const { worker, send, all, wrote } = bench(
      t,
      `import { co, forever, sleep } from ${JSON.stringify(core)}
     export default co(function* () {
       try { console.log('begun'); yield* forever() } finally { yield* sleep(1); console.log('cleaned') }
     })`,
    )
    send([1])
    await wrote('begun')
    worker.cancel([0])
    const [outcome] = await all()
    assert.equal(failure(outcome).name, 'CancelledError')
    assert.equal(outcome!.ok === false && outcome!.cancelled, true)
    await wrote('cleaned')
  },
)

each('a coroutine that runs out of time is unwound, and has failed with a TimeoutError', async (t, bench) => {
  const core = import.meta.resolve('omakase')
  const { send, all, wrote } = bench(
    t,
    `import { co, forever } from ${JSON.stringify(core)}
     export default co(function* () { try { yield* forever() } finally { console.log('cleaned') } })`,
    { timeout: 10 },
  )
  send([1])
  assert.deepEqual(pick(failure((await all())[0])), ['TimeoutError', 'timed out after 10 ms'])
  await wrote('cleaned')
})

each(
  'the context has index, attempt, resource and a log, and a signal that is not aborted',
  async (t, bench) => {
    const { send, all, logs } = bench(
      t,
      `export const setup = async () => 'resource'
     export default (x, { index, attempt, resource, log, signal }) => {
       log('item %d', x, { a: 1 })
       return [index, attempt, resource, signal.aborted]
     }`,
    )
    send([7])
    send([8], { attempt: 3 })
    assert.deepEqual((await all()).map(value), [
      [0, 1, 'resource', false],
      [1, 3, 'resource', false],
    ])
    assert.deepEqual(logs, ['0: item 7 { a: 1 }', '1: item 8 { a: 1 }'])
  },
)

each('at most as many calls as the concurrency run at once, also when it is raised', async (t, bench) => {
  const { worker, send, all } = bench(
    t,
    `let now = 0
     export default async () => {
       const seen = ++now
       await new Promise(resolve => setTimeout(resolve, 5))
       now--
       return seen
     }`,
    { concurrency: 3 },
  )
  send(Array(9).fill(0))
  assert.equal(Math.max(...(await all()).map(o => value(o) as number)), 3)
  worker.setConcurrency(5)
  send(Array(15).fill(0))
  assert.equal(Math.max(...(await all()).map(o => value(o) as number)), 5)
})

each('tiny calls share messages', async (t, bench) => {
  const { send, all, messages } = bench(t, 'export default x => x')
  send(Array.from({ length: 5000 }, (_, i) => i))
  assert.deepEqual(
    (await all()).map(value),
    Array.from({ length: 5000 }, (_, i) => i),
  )
  assert.ok(messages.length < 500, `${messages.length} messages`)
})

each('the outcomes of a batch arrive before a later call of it that never ends', async (t, bench) => {
  const { send, some, held, worker } = bench(
    t,
    `export default x => {
       const end = performance.now() + (x === 'slow' ? 20 : 0)
       while (performance.now() < end);
       if (x === 'hang') for (;;);
       return x
     }`,
  )
  send(['slow', 'hang', 'never'])
  assert.deepEqual((await some(1)).map(value), ['slow'])
  assert.deepEqual(worker.unfinished(), [1, 2])
  while (held.length === 0) await new Promise(resolve => setTimeout(resolve, 20))
  assert.deepEqual(held, [1])
})

each(
  'who holds the event loop is told once, also after an await, and that it turns again',
  async (t, bench) => {
    const { send, all, held, heard } = bench(
      t,
      `export default async ms => { await null; const end = performance.now() + ms; while (performance.now() < end); }`,
    )
    send([1, 800, 1])
    await all()
    assert.deepEqual([held, heard()], [[1], 1])
  },
)

each('JSON text comes as it was encoded', async (t, bench) => {
  const { send, all } = bench(t, 'export default x => x', { encode: 'json' })
  send([{ a: 'two\nlines' }, null, '', 'ü'])
  assert.deepEqual((await all()).map(value), ['{"a":"two\\nlines"}', 'null', '""', '"ü"'])
})

each('structured clones keep what JSON cannot carry', async (t, bench) => {
  const { send, all } = bench(t, 'export default x => x')
  const inputs = [new Map([[1, new Date(5)]]), new Uint8Array([1, 2]), 12n, undefined]
  send(inputs)
  assert.deepEqual((await all()).map(value), inputs)
})

each('an output that cannot be cloned fails its own call, with the path', async (t, bench) => {
  const { send, all } = bench(t, 'export default x => x === 1 ? { rows: [0, { cb() {} }] } : x')
  send([0, 1, 2])
  const [first, second, third] = await all()
  assert.deepEqual([value(first), value(third)], [0, 2])
  assert.match(failure(second).message, /^output\.rows\[1\]\.cb is a function/)
})

each('an input that cannot be cloned fails its own call, with the path', async (t, bench) => {
  const { send, all } = bench(t, 'export default x => typeof x')
  send([1, { deep: { fn: () => 1 } }, 's'])
  const [first, second, third] = await all()
  assert.deepEqual([value(first), value(third)], ['number', 'string'])
  assert.match(failure(second).message, /^input\.deep\.fn is a function/)
})

each('usage grows', async (t, bench) => {
  const { send, all, usages } = bench(
    t,
    'export default ms => { const e = performance.now() + ms; while (performance.now() < e); }',
  )
  send([30])
  await all()
  send([30])
  await all()
  const [first, second] = usages
  assert.ok(second!.active - first!.active >= 29)
  assert.ok(second!.cpu > first!.cpu && second!.rss > 1e6 && second!.at > first!.at)
})

each('a ping is answered while calls wait', async (t, bench) => {
  const { worker, send } = bench(t, 'export default () => new Promise(() => {})')
  send([1])
  await worker.ready
  assert.notEqual(await worker.ping(), null)
})

function pick({ name, message }: { name: string; message: string }): string[] {
  return [name, message]
}
