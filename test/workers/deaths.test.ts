import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { DeathError } from '#src/workers/death.js'
import { LoadError } from '#src/workers/internal.js'
import { bench, each, failure, value } from './support/bench.js'

each(
  'process.exit in the function is a death that knows what was finished and who did it',
  async (t, bench) => {
    const { send, death, outcomes } = bench(t, 'export default x => x === 500 ? process.exit(3) : x')
    send(Array.from({ length: 1000 }, (_, i) => i))
    const { kind, code, message, unfinished, held } = await death
    assert.deepEqual([kind, code, message], ['exit', 3, 'exited with code 3'])
    assert.deepEqual([held, outcomes.size, unfinished[0], unfinished.length], [500, 500, 500, 500])
  },
)

test('careful calls show who did it also where the process dies of a signal', async t => {
  const { worker, death, outcomes } = bench(t, 'export default x => x === 500 ? process.abort() : x')
  const calls = Array.from({ length: 1000 }, (_, id) => ({ id, index: id, attempt: 1, input: id }))
  worker.send(calls, true)
  const { unfinished } = await death
  assert.deepEqual([outcomes.size, unfinished[0], unfinished.length], [500, 500, 500])
})

test('careful calls show who did it also where nobody has read yet what they tell', async t => {
  const { worker, death, outcomes } = bench(
    t,
    "export default x => x === 500 ? process.abort() : 'a'.repeat(1000)",
  )
  await worker.ready
  const calls = Array.from({ length: 1000 }, (_, id) => ({ id, index: id, attempt: 1, input: id }))
  worker.send(calls, true)
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000)
  const { unfinished } = await death
  assert.deepEqual([outcomes.size, unfinished[0], unfinished.length], [500, 500, 500])
})

test('careful calls go on after an output that cannot be cloned', { timeout: 20_000 }, async t => {
  const { worker, outcomes } = bench(t, 'export default x => x === 1 ? () => {} : x')
  worker.send(
    Array.from({ length: 5 }, (_, id) => ({ id, index: id, attempt: 1, input: id })),
    true,
  )
  while (outcomes.size < 5) await pause(5, undefined, { signal: t.signal })
  assert.match(failure(outcomes.get(1)).message, /output/)
  assert.equal(value(outcomes.get(4)), 4)
})

each('process.exit(0) is a death, too', async (t, bench) => {
  const { send, death } = bench(t, 'export default async () => process.exit()')
  send([1])
  assert.equal((await death).message, 'exited with code 0')
})

test('an abort and a signal are named', async t => {
  const aborted = bench(t, 'export default () => process.abort()')
  aborted.send([1])
  assert.equal((await aborted.death).message, 'was killed by SIGABRT')
  const terminated = bench(t, "export default () => process.kill(process.pid, 'SIGSEGV')")
  terminated.send([1])
  const { kind, message, unfinished } = await terminated.death
  assert.deepEqual([kind, message, unfinished], ['signal', 'was killed by SIGSEGV', [0]])
})

test('a full heap is told as memory', async t => {
  process.env.NODE_OPTIONS = '--max-old-space-size=40'
  const { send, death } = bench(
    t,
    'export default () => { const all = []; for (;;) all.push(new Array(1e4).fill(Math.random())) }',
  )
  delete process.env.NODE_OPTIONS
  send([1])
  const { kind, message, stderrTail } = await death
  assert.equal(kind, 'memory', stderrTail)
  assert.match(message, /ran out of memory/)
})

test('kill ends a worker that computes without end, and all that it started', async t => {
  const { worker, send, wrote, death } = bench(
    t,
    `import { spawn } from 'node:child_process'
     export default () => { console.log(spawn('sleep', ['1000'], { stdio: 'inherit' }).pid + ' is asleep'); for (;;); }`,
  )
  send([1])
  await wrote('asleep')
  worker.kill()
  const { kind, unfinished } = await death
  assert.deepEqual([kind, unfinished], ['killed', [0]])
})

each('a worker that dies answers its pings with null, and later ones as well', async (t, bench) => {
  const { worker, send, death } = bench(t, 'export default () => { for (;;); }')
  await worker.ready
  send([1])
  await new Promise(resolve => setTimeout(resolve, 50))
  const ping = worker.ping()
  worker.kill()
  assert.equal(await ping, null)
  await death
  assert.equal(await worker.ping(), null)
})

each('a module that exits while it loads is a death, which ready tells', async (t, bench) => {
  const { worker } = bench(t, 'process.exit(7); export default x => x')
  await assert.rejects(worker.ready, (error: Error) => {
    assert.ok(error instanceof DeathError)
    assert.equal(error.message, 'the worker exited with code 7')
    return true
  })
})

each('what a module lacks is told by ready', async (t, bench) => {
  const problems = {
    "throw new Error('no'); export default 1": { stage: 'import', exports: [] },
    'export const other = x => x': { stage: 'missing', exports: ['other'] },
    'export default class A {}': { stage: 'not-a-function', found: 'a class', exports: ['default'] },
    'export default { a: 1 }': { stage: 'not-a-function', found: 'an object', exports: ['default'] },
    "export const setup = () => { throw new Error('no') }; export default x => x": {
      stage: 'setup',
      exports: ['default', 'setup'],
    },
  }
  for (const [source, expected] of Object.entries(problems)) {
    const { worker, death } = bench(t, source)
    const error = await worker.ready.catch(error => error)
    assert.ok(error instanceof LoadError)
    const { error: thrown, ...problem } = error.problem
    assert.deepEqual(problem, expected)
    if (expected.stage === 'import' || expected.stage === 'setup') assert.equal(thrown!.message, 'no')
    assert.equal((await death).kind, 'ended')
  }
})

each('options of the module are told by ready, unless they cannot be cloned', async (t, bench) => {
  const { worker } = bench(t, 'export const options = { retries: 2 }; export default x => x')
  assert.deepEqual((await worker.ready).options, { retries: 2 })
  const other = bench(t, 'export const options = { fn() {} }; export default x => x')
  assert.equal((await other.worker.ready).options, undefined)
})

each('noise, process.send and exit handlers of others do not disturb', async (t, bench) => {
  const { send, all, wrote } = bench(
    t,
    `process.send?.('I am a fork')
     export default x => {
       console.log('noise', x)
       process.stderr.write('more noise')
       process.send?.({ t: 'outcomes' })
       return x
     }`,
  )
  send([1, 2])
  assert.deepEqual((await all()).map(value), [1, 2])
  await wrote('noise 1\n')
})

each('an unhandled rejection and an error in a timer fail the item that they come from', async (t, bench) => {
  const { send, all } = bench(
    t,
    `export default kind => new Promise(resolve => {
       if (kind === 'reject') { Promise.reject(new Error('nobody')); return }
       if (kind === 'timer') setTimeout(() => { throw new Error('in a timer') }, 1)
       else setTimeout(resolve, 10, kind)
     })`,
    { concurrency: 4 },
  )
  send(['fine', 'reject', 'timer', 'well'])
  const [fine, rejected, timer, well] = await all()
  assert.deepEqual([value(fine), value(well)], ['fine', 'well'])
  assert.deepEqual([failure(rejected).message, failure(timer).message], ['nobody', 'in a timer'])
})

each('a late error of an item that has ended is printed, and the worker goes on', async (t, bench) => {
  const { send, all, wrote } = bench(
    t,
    `export default x => {
       if (x === 'late') setTimeout(() => { throw new Error('too late') }, 1)
       return x
     }`,
  )
  send(['late'])
  await all()
  await wrote('belongs to no running item: Error: too late')
  send(['next'])
  assert.deepEqual((await all()).map(value), ['late', 'next'])
})
