import assert from 'node:assert/strict'
import { each, failure, value } from './support/bench.js'

each('cancelling aborts the signal, and waits for the cleanup', async (t, bench) => {
  const { worker, send, all, wrote } = bench(
    t,
    `export default async (x, { signal }) => {
       console.log('begun')
       try {
         await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
       } finally {
         await new Promise(resolve => setTimeout(resolve, 5))
         console.log('cleaned')
       }
     }`,
  )
  send([1])
  await wrote('begun')
  worker.cancel([0])
  const [outcome] = await all()
  assert.equal(failure(outcome).name, 'CancelledError')
  assert.equal(outcome!.ok === false && outcome!.cancelled, true)
  await wrote('cleaned')
})

each('a call that is cancelled before its turn is never started', async (t, bench) => {
  const { worker, send, all, output } = bench(
    t,
    'export default x => { console.log("item " + x); return new Promise(resolve => setTimeout(resolve, 10, x)) }',
  )
  send(['a', 'b', 'c'])
  worker.cancel([1])
  const [a, b, c] = await all()
  assert.deepEqual([value(a), value(c)], ['a', 'c'])
  assert.equal(b!.ok === false && b!.cancelled, true)
  assert.equal(b!.ms, 0)
  assert.doesNotMatch(output(), /item b/)
})

each('cancelling one of many that run leaves the others alone', async (t, bench) => {
  const { worker, send, all, wrote } = bench(
    t,
    `export default (x, { signal }) => { console.log('item ' + x); return new Promise((resolve, reject) => {
       signal.onabort = () => reject(signal.reason)
       setTimeout(resolve, 30, x)
     }) }`,
    { concurrency: 3 },
  )
  send([0, 1, 2])
  await wrote('item 2')
  worker.cancel([1])
  const [a, b, c] = await all()
  assert.deepEqual([value(a), value(c)], [0, 2])
  assert.equal(failure(b).name, 'CancelledError')
})

each('the time of an attempt counts from its own start', async (t, bench) => {
  const { send, all } = bench(t, 'export default x => new Promise(resolve => setTimeout(resolve, 30, x))', {
    timeout: 5000,
  })
  send([0, 1, 2])
  assert.deepEqual((await all()).map(value), [0, 1, 2])
})

each('an async function that never looked at its signal is given up at once', async (t, bench) => {
  const { send, all } = bench(t, 'export default x => x === 1 ? new Promise(() => {}) : x', { timeout: 900 })
  send([0, 1, 2])
  const [a, b, c] = await all()
  assert.deepEqual([value(a), value(c)], [0, 2])
  assert.equal(failure(b).name, 'TimeoutError')
})

each('an async function that ignores its signal is abandoned after a second', async (t, bench) => {
  const { send, all, worker } = bench(
    t,
    'export default (x, { signal }) => x === 1 ? new Promise(() => {}) : x',
    {
      timeout: 10,
    },
  )
  send([0, 1, 2])
  const [a, b, c] = await all()
  assert.deepEqual([value(a), value(c)], [0, 2])
  assert.equal(failure(b).name, 'TimeoutError')
  assert.ok(b!.ms >= 1000)
  assert.notEqual(await worker.ping(), null)
})

each('an error in the cleanup of a timeout is its cause', async (t, bench) => {
  const { send, all } = bench(
    t,
    `export default (x, { signal }) => new Promise((_, reject) => {
       signal.onabort = () => reject(new Error('cannot clean up'))
     })`,
    { timeout: 10 },
  )
  send([0])
  const { name, cause } = failure((await all())[0])
  assert.deepEqual([name, (cause as Error).message], ['TimeoutError', 'cannot clean up'])
})

each(
  'a sync function that took longer than its time has failed, and so has a value that comes too late',
  async (t, bench) => {
    const { send, all } = bench(
      t,
      `export default (kind, { signal }) => {
       if (kind === 'late') return new Promise(resolve => { signal.onabort = () => resolve('late') })
       const end = performance.now() + 30
       while (performance.now() < end);
     }`,
      { timeout: 10 },
    )
    send(['sync', 'late'])
    for (const outcome of await all()) assert.equal(failure(outcome).name, 'TimeoutError')
  },
)

each('teardown runs at the end, after what still ran was cancelled', async (t, bench) => {
  const { worker, send, wrote, death, output } = bench(
    t,
    `export const setup = () => 'resource'
     export const teardown = async resource => console.log('torn down', resource)
     export default (x, { signal }) => { console.log('begun'); return new Promise((_, reject) => {
       signal.onabort = () => { console.log('aborted'); reject(signal.reason) }
     }) }`,
  )
  send([1])
  await wrote('begun')
  assert.equal(await worker.end(), undefined)
  assert.match(output(), /begun\naborted\ntorn down resource\n/)
  const { kind, unfinished } = await death
  assert.deepEqual([kind, unfinished], ['ended', []])
})

each('a teardown that fails is told by end()', async (t, bench) => {
  const { worker } = bench(
    t,
    'export const teardown = () => { throw new Error("stuck door") }; export default x => x',
  )
  await worker.ready
  assert.equal((await worker.end())?.message, 'stuck door')
})
