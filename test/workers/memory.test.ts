import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run, use, wait } from 'omakase'
import { DeathError, processes } from 'omakase/workers'
import { LoadError } from '#src/workers/internal.js'
import { bench, each, value } from './support/bench.js'
import type * as work from './support/work.js'

const MB = 1e6
const LEAKS = `const kept = []
  export default mb => { kept.push(Buffer.alloc(mb * 1e6, 1)); return kept.length }`

test('a process that has grown past its memory when an item has ended ends itself, before the next', async t => {
  const { send, death, outcomes } = bench(
    t,
    `const kept = []
     export const teardown = () => console.log('torn down')
     export default async mb => {
       kept.push(Buffer.alloc(mb * 1e6, 1))
       await new Promise(resolve => setTimeout(resolve, 150))
       return kept.length
     }`,
    { memory: 400 * MB },
  )
  send(Array(20).fill(90))
  const { kind, message, unfinished } = await death
  assert.equal(kind, 'replaced', message)
  assert.match(message, /^was replaced: it had grown to \d+ MB$/)
  assert.ok(outcomes.size >= 3 && outcomes.size <= 5, `${outcomes.size}`)
  assert.deepEqual(
    unfinished,
    Array.from({ length: 20 - outcomes.size }, (_, i) => outcomes.size + i),
  )
})

test('a process that races past its memory is killed, and what it held is known', async t => {
  const { send, death } = bench(
    t,
    `export default x => {
       if (x !== 'eats') return x
       const kept = []
       for (;;) kept.push(Buffer.alloc(1e6, 1))
     }`,
    { memory: 200 * MB },
  )
  send([1, 'eats', 2])
  const { kind, message, unfinished } = await death
  assert.equal(kind, 'memory', message)
  assert.match(message, /^had grown to \d+ MB, past its memory, and was killed$/)
  assert.ok(unfinished.includes(1))
})

each('less memory than loading takes is told before the first item', async (t, start) => {
  const { worker } = start(t, 'export default x => x', { memory: 1000 })
  const outcome = await worker.ready.catch(error => error)
  // A thread has a heap of at least a megabyte, and that is little.
  if (worker.pid === process.pid) return
  assert.ok(outcome instanceof LoadError)
  assert.equal(outcome.problem.stage, 'memory')
})

each('a worker within its memory is left alone', async (t, start) => {
  const { send, all } = start(t, LEAKS, { memory: 1000 * MB })
  send(Array(5).fill(1))
  assert.deepEqual((await all()).map(value), [1, 2, 3, 4, 5])
})

test('a pool replaces processes that have grown, and no call is lost', async () => {
  await run(function* () {
    const pool = yield* use(
      processes<typeof work>(new URL('./support/work.js', import.meta.url), { workers: 1, memory: 300 * MB }),
    )
    const pids = new Set<number>()
    for (let i = 0; i < 8; i++) pids.add(yield* pool.call('keeps', 80))
    assert.ok(pids.size >= 2, `${pids.size}`)
    assert.equal(pool.statistics().deaths, 0)
    const error = yield* wait(
      pool.call('eats').then(
        () => null,
        error => error,
      ),
    )
    assert.ok(error instanceof DeathError)
    assert.match(error.message, /the worker had grown to \d+ MB, past its memory, and was killed/)
  })
})
