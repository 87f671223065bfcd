import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { all, co, moveOnAfter, run, scope, sleep, spawn, timeout, use, wait } from 'omakase'
import { dump, snapshot } from 'omakase/debug'
import { type Pool, processes, threads } from 'omakase/workers'
import * as work from '../support/work.js'

const folder = mkdtempSync(join(tmpdir(), 'omakase-tree-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const url = new URL('../support/work.js', import.meta.url)

type Body = (pool: Pool<typeof work>, marks: string) => Generator<any, void>

/** The same test on either kind of workers. */
function each(sentence: string, body: Body, workers = 1): void {
  for (const [kind, open] of Object.entries({ process: processes, thread: threads }))
    test(`${sentence} (in a ${kind})`, async () => {
      const marks = join(folder, `${kind} ${sentence.slice(0, 20)}`)
      await run(function* () {
        const pool = yield* use(open<typeof work>(url, { workers, concurrency: 4, name: 'work' }))
        yield* body(pool, marks)
      })
    })
}

each('task-locals go along, by name, to the task there and its children', function* (pool) {
  assert.deepEqual(yield* pool.call('whoAmI'), ['nobody', null, 'nobody'])
  const carried = yield* work.user.with('ann', function* () {
    work.trace.set({ id: 7 })
    return yield* all([() => pool.call('whoAmI'), () => pool.call('whoAmI')])
  })
  assert.deepEqual(carried, Array(2).fill(['ann', { id: 7 }, 'ann']))
  assert.deepEqual(yield* pool.call('whoAmI'), ['nobody', null, 'nobody'])
})

each('a task-local that cannot be cloned stays behind, and the others go', function* (pool) {
  const seen = yield* work.user.with('ann', () => work.trace.with({ fn() {} }, () => pool.call('whoAmI')))
  assert.deepEqual(seen, ['ann', null, 'ann'])
})

each('the deadline of the caller is the deadline there', function* (pool) {
  assert.equal(yield* pool.call('left'), Infinity)
  const left = yield* timeout(60_000, () => pool.call('left'))
  assert.ok(left > 30_000 && left <= 60_000, `${left}`)
})

each('a deadline cuts the coroutine there, and is told as the deadline here', function* (pool, marks) {
  assert.equal(yield* moveOnAfter(30, () => pool.call('outlasts', marks)), undefined)
  assert.equal(readFileSync(marks, 'utf8'), 'cut\n')
  yield* wait(
    assert.rejects(async () => await timeout(30, () => pool.call('outlasts', marks)), {
      name: 'TimeoutError',
    }),
  )
})

each('a deadline that has been moved away meanwhile is told by the call', function* (pool, marks) {
  yield* wait(
    assert.rejects(
      async () =>
        await scope(
          function* (inner) {
            const call = spawn(() => pool.call('outlasts', marks))
            yield* sleep(20)
            inner.deadline = Infinity
            return yield* call
          },
          { timeout: 100 },
        ),
      { name: 'TimeoutError' },
    ),
  )
})

each('the stack of an error goes on from the worker to the lines that called', function* (pool) {
  const caller = co(function* caller() {
    yield* pool.call('fails')
  })
  const stack = yield* scope(
    function* () {
      const exit = yield* spawn(() => caller(), { name: 'asking' }).settled()
      assert.ok(exit.status === 'failed')
      return (exit.error as Error).stack!
    },
    { failFast: false },
  )
  const [message, ...lines] = stack.split('\n').map(line => line.trim())
  assert.equal(message, 'RangeError: too far')
  assert.match(lines[0]!, /^at .*work\.[jt]s:\d+:\d+/)
  const called = lines.indexOf('called as fails() in work')
  assert.ok(called > 0, stack)
  assert.match(lines[called + 1]!, /^at caller .*one-tree/)
  assert.equal(lines.at(-1), 'in task "asking"', stack)
})

test('a call from async code has its line in the stack', async () => {
  const pool = await threads<typeof work>(url, { workers: 1, name: 'work' })
  async function asker() {
    await pool.call('fails')
  }
  const { stack } = await asker().catch(error => error)
  await pool[Symbol.asyncDispose]()
  assert.match(stack, /called as fails\(\) in work at asker .*one-tree/)
})

each(
  'a snapshot and a dump show the tasks inside workers, under the task that waits for them',
  function* (pool) {
    const task = spawn(() => pool.call('family'), { name: 'asking' })
    let text = ''
    while (!text.includes('writer')) {
      yield* sleep(20)
      text = yield* wait(dump({ workers: true }))
    }
    assert.match(
      text,
      /"asking" #\d+: waits on family\(\) in work[^\n]*\n\s+in (a thread|process \d+):\n\s+"family" #\d+: waits on/,
    )
    assert.match(text, /"(reader|reader" … "writer)" .*#\d+/)
    const { elsewhere } = yield* wait(snapshot({ workers: true }))
    assert.equal(elsewhere!.length, 1)
    assert.equal(elsewhere![0]!.task, task.id)
    assert.deepEqual(
      elsewhere![0]!.snapshot!.tasks.map(({ name }) => name),
      ['family', 'reader', 'writer'],
    )
    assert.doesNotMatch(dump(), /reader/)
    task.cancel()
  },
)

each('a worker that does not answer is shown as one that does not', function* (pool) {
  spawn(() => moveOnAfter(1500, () => pool.call('endless')))
  yield* sleep(100)
  assert.match(
    yield* wait(dump({ workers: true })),
    /endless\(\) in work[\s\S]*\n\s+in .*, which does not answer/,
  )
})
