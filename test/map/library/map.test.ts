import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { forEach, forever, run, sleep } from 'omakase'
import { map } from 'omakase/map'

const folder = mkdtempSync(join(tmpdir(), 'omakase-library-'))
after(() => rmSync(folder, { recursive: true, force: true }))

function module(name: string, code: string): URL {
  const file = join(folder, name)
  writeFileSync(file, code)
  return pathToFileURL(file)
}

const double = module('double.ts', 'export default (n: number): number => n * 2\n')

/** Worker processes that are there now. */
function workers(): number {
  return readdirSync('/proc').filter(pid => {
    try {
      return (
        /^\d+$/.test(pid) &&
        readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('entry/worker.js') &&
        readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[3] === String(process.pid)
      )
    } catch {
      return false
    }
  }).length
}

async function* countTo(n: number): AsyncGenerator<number> {
  for (let i = 1; i <= n; i++) yield i
}

test('outputs come in the order of the inputs, from a closure and from a module', async () => {
  const slowFirst = async (n: number) => {
    await sleep(n === 1 ? 10 : 1)
    return n * 2
  }
  assert.deepEqual(await map([1, 2, 3], slowFirst).outputs(), [2, 4, 6])
  assert.deepEqual(await map(new Set([1, 2, 3]), slowFirst).outputs(), [2, 4, 6])
  assert.deepEqual(await map(countTo(3), slowFirst).outputs(), [2, 4, 6])
  assert.deepEqual(await map([1, 2, 3], double).outputs(), [2, 4, 6])
  assert.deepEqual(await map([1, 2, 3], double, { on: 'processes', workers: 2 }).outputs(), [2, 4, 6])
})

test('a loop gets each result once, with its index and input, failures among them', async () => {
  const error = new Error('two')
  const results = []
  for await (const result of map([1, 2, 3], n => (n === 2 ? Promise.reject(error) : n), { ordered: true }))
    results.push(result)
  assert.deepEqual(results, [
    { index: 0, input: 1, output: 1 },
    { index: 1, input: 2, error },
    { index: 2, input: 3, output: 3 },
  ])
  assert.equal(results[1]!.error, error)
})

test('outputs() throws the first failure, the same object from a closure, and stops the rest', async () => {
  const error = new Error('five')
  let begun = 0
  const work = async (n: number) => {
    begun++
    await sleep(1)
    if (n === 5) throw error
  }
  await assert.rejects(
    async () =>
      await map(
        Array.from({ length: 1000 }, (_, n) => n),
        work,
        { concurrency: 2 },
      ).outputs(),
    thrown => thrown === error,
  )
  assert.ok(begun < 20)
})

test('an error from a module comes back as an error of its class, with its own properties', async () => {
  const failing = module(
    'failing.ts',
    'export default () => { throw Object.assign(new TypeError("no"), { code: 7 }) }\n',
  )
  await assert.rejects(
    async () => await map([1], failing).outputs(),
    (thrown: TypeError & { code: number }) =>
      thrown instanceof TypeError &&
      thrown.message === 'no' &&
      thrown.code === 7 &&
      /failing\.ts:1/.test(thrown.stack!),
  )
})

test('breaking off stops everything, waits for it, and closes the source', async () => {
  const log: string[] = []
  function* source() {
    try {
      for (let n = 0; ; n++) yield n
    } finally {
      log.push('source closed')
    }
  }
  function* work(n: number) {
    if (n < 2) return n
    try {
      yield* forever()
    } finally {
      yield* sleep(1)
      log.push(`${n} cleaned up`)
    }
    return n
  }
  for await (const { input } of map(source(), work, { concurrency: 3 })) if (input === 1) break
  assert.deepEqual(
    [...log].sort(),
    ['2 cleaned up', '3 cleaned up', '4 cleaned up', 'source closed'].filter(line => log.includes(line)),
  )
  assert.ok(log.includes('source closed') && log.includes('2 cleaned up'))
})

test('after a loop over a module was left, none of its processes is there', async () => {
  for await (const { output } of map(countTo(1000), double, { on: 'processes', workers: 2 }))
    if (output === 20) break
  assert.equal(workers(), 0)
})

test('nothing is read ahead of what the items in flight need', async () => {
  let pulled = 0
  function* source() {
    for (let n = 0; n < 50; n++) {
      pulled++
      yield n
    }
  }
  let running = 0
  let most = 0
  await map(
    source(),
    async () => {
      running++
      await sleep(1)
      most = Math.max(most, pulled - (pulled - running))
      assert.ok(running <= 2)
      running--
    },
    { concurrency: 2 },
  ).outputs()
  assert.equal(pulled, 50)
  assert.equal(most, 2)
})

test('a slow reader holds the source back', async () => {
  let pulled = 0
  function* source() {
    for (;;) yield pulled++
  }
  const results = map(source(), n => n)[Symbol.asyncIterator]()
  await results.next()
  for (let turn = 0; turn < 200; turn++) await new Promise(resolve => setImmediate(resolve))
  assert.ok(pulled < 5000, `${pulled} were pulled for one result`)
  await results.return!()
})

test('in a coroutine a run is a part of the task tree: cancelled with it, and waited for', async () => {
  const log: string[] = []
  let begun = 0
  function* work(n: number) {
    try {
      if (++begun === 2) task.cancel()
      yield* forever()
    } finally {
      yield* sleep(1)
      log.push(`${n} cleaned up`)
    }
  }
  const task = run(() => map([1, 2], work).outputs())
  assert.equal((await task.settled()).status, 'cancelled')
  assert.deepEqual(log.sort(), ['1 cleaned up', '2 cleaned up'])
})

test('forEach takes the results in a coroutine', async () => {
  const outputs: number[] = []
  await run(() =>
    forEach(map([1, 2, 3], double, { ordered: true }), result => {
      outputs.push(result.output as number)
    }),
  )
  assert.deepEqual(outputs, [2, 4, 6])
})

test('a signal stops the run with its reason', async () => {
  const controller = new AbortController()
  const reason = new Error('enough')
  const never = map([1], () => new Promise(() => {}), { signal: controller.signal }).outputs()
  setTimeout(() => controller.abort(reason), 5)
  await assert.rejects(
    async () => await never,
    thrown => thrown === reason,
  )
})

test('a source that throws ends the run with its error', async () => {
  const error = new Error('source')
  function* source() {
    yield 1
    throw error
  }
  await assert.rejects(
    async () => await map(source(), n => n).outputs(),
    thrown => thrown === error,
  )
})

test('the report is written from code too', async () => {
  const report = join(folder, 'report.json')
  await map([1, 2], double, { report }).outputs()
  assert.equal(JSON.parse(readFileSync(report, 'utf8')).items.ok, 2)
})

const refused: [string, () => PromiseLike<unknown>, RegExp][] = [
  ['an unknown option', () => map([1], n => n, { retrys: 1 } as object).outputs(), /retrys.*retries/],
  ['a closure in processes', () => map([1], n => n, { on: 'processes' }).outputs(), /on: processes.*new URL/],
  ['a string as inputs', () => map('text', n => n).outputs(), /\[text\]/],
  [
    'a module that is not there',
    () => map([1], new URL('./nowhere.ts', pathToFileURL(`${folder}/`))).outputs(),
    /no such module/,
  ],
  ['nonsense numbers', () => map([1], n => n, { concurrency: 0 }).outputs(), /concurrency: 0/],
]

for (const [what, start, message] of refused) {
  test(`${what} is refused with what to write instead`, async () => {
    await assert.rejects(async () => await start(), { name: 'BadUsage', message })
  })
}

for (const on of ['processes', 'threads'] as const)
  test(`an error that omakase makes in one of the ${on} is of the class that the module imports`, async () => {
    const work = new URL('../../workers/support/work.js#knowsReason', import.meta.url)
    for await (const { error } of map([0], work, { on, timeout: 100 })) {
      const { name, cause } = error as Error
      assert.deepEqual([name, (cause as Error).message], ['TimeoutError', 'true'])
    }
  })

for (const workers of [2, 3])
  test(`concurrency is over all ${workers} workers, also where it is less than their number`, async () => {
    const spans = module(
      'spans.ts',
      `export default async () => {
         const began = Date.now()
         await new Promise(go => setTimeout(go, 20))
         return [began, Date.now()]
       }`,
    )
    const options = { on: 'processes', workers, concurrency: workers - 1 } as const
    const all = await map<[number, number]>(Array(12).fill(0), spans, options).outputs()
    const atOnce = all.map(([began]) => all.filter(([from, to]) => from <= began && began < to).length)
    assert.equal(Math.max(...atOnce), workers - 1)
  })
