import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { all, forever, moveOnAfter, race, run, scope, sleep, spawn, timeout, use, wait } from 'omakase'
import { BadUsage, DeathError, type PoolOptions, processes, threads } from 'omakase/workers'
import { fails } from '../../core/fails.js'
import type * as work from '../support/work.js'

const folder = mkdtempSync(join(tmpdir(), 'omakase-pool-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const url = new URL('../support/work.js', import.meta.url)

function module(name: string, code: string): URL {
  const file = join(folder, name)
  writeFileSync(file, code)
  return pathToFileURL(file)
}

/** The same test on either kind of workers. */
function each(sentence: string, check: (open: typeof threads) => Promise<void>): void {
  test(`${sentence} (in processes)`, () => check(processes))
  test(`${sentence} (in threads)`, () => check(threads))
}

const one: PoolOptions = { workers: 1 }

each('functions of a module are called by name, with types that follow from it', async open => {
  await run(function* () {
    const pool = yield* use(open<typeof work>(url, { workers: 2 }))
    const sum: number = yield* pool.call('add', 1, 2)
    const text: string = yield* pool.call('later', 'text')
    const counted: number = yield* pool.call('counted', 3)
    const generated: string = yield* pool.call('generated')
    assert.deepEqual([sum, text, counted, generated], [3, 'text', 3, 'generated'])
    // @ts-expect-error there is no such function
    const none = pool.call('nothing')
    yield* wait(assert.rejects(async () => await none, /no function "nothing"; it exports add/))
    // @ts-expect-error it takes numbers
    pool.call('add', '1', 2)
  })
})

each('calls run in all workers at once, and each waits for its turn', async open => {
  await run(function* () {
    const pool = yield* use(open<typeof work>(url, { workers: 2 }))
    const places = new Set<string>()
    // The second worker may take longer to start than the first for its calls.
    while (places.size < 2)
      for (const place of yield* all(Array.from({ length: 20 }, () => () => pool.call('place'))))
        places.add(place)
    assert.equal(places.size, 2)
    assert.deepEqual(
      yield* all(Array.from({ length: 100 }, (_, i) => () => pool.call('add', i, 1))),
      Array.from({ length: 100 }, (_, i) => i + 1),
    )
    const { ok, failed, running, waiting, workers } = pool.statistics()
    assert.equal(ok % 20, 0)
    assert.deepEqual([failed, running, waiting, workers], [0, 0, 0, 2])
  })
})

each('with a concurrency, calls that wait overlap in one worker', async open => {
  await run(function* () {
    const pool = yield* use(open<typeof work>(url, { workers: 1, concurrency: 8 }))
    const most = yield* all(Array.from({ length: 16 }, () => () => pool.call('overlap')))
    assert.equal(Math.max(...most), 8)
  })
})

each(
  'an error comes back as an error of its class, with its fields and the stack of the worker',
  async open => {
    await run(function* () {
      const pool = yield* use(open<typeof work>(url, one))
      try {
        yield* pool.call('fails')
        assert.fail()
      } catch (error) {
        assert.ok(error instanceof RangeError)
        assert.equal((error as { code?: string }).code, 'E_FAR')
        assert.match(error.stack!, /work/)
      }
    })
  },
)

each('an argument that cannot be cloned is refused by name, and so is a value', async open => {
  await run(function* () {
    const pool = yield* use(open<typeof work>(url, one))
    yield* wait(
      assert.rejects(
        async () => await pool.call('takes', 1, { deep: [() => {}] }),
        /arguments\[1\]\.deep\[0\] is a function/,
      ),
    )
    yield* wait(assert.rejects(async () => await pool.call('gives'), /output\.fn is a function/))
    assert.equal(yield* pool.call('add', 1, 1), 2)
  })
})

each('cancelling a call aborts it in the worker, and a coroutine runs its finally there', async open => {
  const marks = join(folder, `marks-${open.name}`)
  await run(function* () {
    const pool = yield* use(open<typeof work>(url, one))
    assert.equal(yield* moveOnAfter(200, () => pool.call('cleansUp', marks)), undefined)
    assert.equal(yield* pool.call('add', 1, 1), 2)
  })
  assert.equal(readFileSync(marks, 'utf8'), 'begun\ncleaned up\n')
})

each('a call that never gives its event loop back is cut by killing its worker', async open => {
  await run(function* () {
    const pool = yield* use(open<typeof work>(url, one))
    yield* wait(
      assert.rejects(async () => await timeout(50, () => pool.call('endless')), { name: 'TimeoutError' }),
    )
    assert.equal(yield* pool.call('add', 1, 1), 2)
    assert.equal(pool.statistics().deaths, 0)
  })
})

each('a worker that exits fails the call that it had, and no other', async open => {
  await run(function* () {
    const pool = yield* use(open<typeof work>(url, { workers: 2 }))
    const results = yield* scope(
      function* () {
        const dying = spawn(() => pool.call('exits', 3))
        const others = Array.from({ length: 20 }, (_, i) => spawn(() => pool.call('add', i, 0)))
        const exit = yield* dying.settled()
        return [exit, yield* all(others.map(other => () => other))] as const
      },
      { failFast: false },
    )
    const [exit, values] = results
    assert.ok(exit.status === 'failed' && exit.error instanceof DeathError)
    assert.equal(exit.error.message, 'the worker exited with code 3')
    assert.deepEqual(
      values,
      Array.from({ length: 20 }, (_, i) => i),
    )
    assert.equal(pool.statistics().deaths, 1)
    assert.equal(pool.statistics().workers, 2)
  })
})

each('setup and teardown run once in each worker', async open => {
  const log = join(folder, `log-${open.name}`)
  const file = module(
    `setup-${open.name}.mjs`,
    `import { appendFileSync } from 'node:fs'
     export const setup = () => appendFileSync(${JSON.stringify(log)}, 'setup\\n')
     export const teardown = () => appendFileSync(${JSON.stringify(log)}, 'teardown\\n')
     export const nothing = () => {}`,
  )
  await run(function* () {
    const pool = yield* use(open<{ nothing(): void }>(file, { workers: 2 }))
    yield* all(Array.from({ length: 10 }, () => () => pool.call('nothing')))
  })
  assert.deepEqual(readFileSync(log, 'utf8').split('\n').sort(), [
    '',
    'setup',
    'setup',
    'teardown',
    'teardown',
  ])
})

each('what cannot be opened says why, and leaves nothing behind', async open => {
  const before = children()
  await fails(
    run(() => open(new URL('nothing.ts', url))),
    { name: 'BadUsage' },
  )
  const throwing = module('throwing.mjs', 'throw new Error("at once")')
  await assert.rejects(async () => await open(throwing), /threw while it loaded: Error: at once/)
  await assert.rejects(async () => await open(url, { workers: 0 }), { name: 'UsageError' })
  assert.ok(new BadUsage('') instanceof Error)
  assert.equal(children(), before)
})

each('a pool that is cancelled while it opens, or while it works, ends its workers', async open => {
  const before = children()
  const opening = run(() => open(url, { workers: 2 }))
  await sleep(1)
  opening.cancel()
  assert.equal((await opening.settled()).status, 'cancelled')
  const working = run(function* () {
    const pool = yield* use(open<typeof work>(url, { workers: 2 }))
    spawn(() => pool.call('add', 1, 1))
    yield* race([() => pool.call('hangs'), () => sleep(50)])
    yield* forever()
  })
  await sleep(600)
  working.cancel()
  assert.equal((await working.settled()).status, 'cancelled')
  assert.equal(children(), before)
})

test('a pool is used from async code', async () => {
  const pool = await processes<typeof work>(url, one)
  try {
    assert.equal(await pool.call('add', 20, 22), 42)
  } finally {
    await pool[Symbol.asyncDispose]()
  }
  await assert.rejects(async () => await pool.call('add', 1, 1), /has ended/)
})

/** Processes that this one has started, and that are there. */
function children(): number {
  return readdirSync('/proc').filter(pid => {
    try {
      return (
        /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[3] === String(process.pid)
      )
    } catch {
      return false
    }
  }).length
}
