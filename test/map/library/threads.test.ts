import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { map } from 'omakase/map'

const folder = mkdtempSync(join(tmpdir(), 'omakase-threads-'))
after(() => rmSync(folder, { recursive: true, force: true }))

function module(name: string, code: string): URL {
  const file = join(folder, name)
  writeFileSync(file, code)
  return pathToFileURL(file)
}

const numbers = Array.from({ length: 200 }, (_, i) => i)
const report = join(folder, 'report.json')

test('a module runs in threads of this process', async () => {
  const where = module(
    'where.ts',
    `import { threadId } from 'node:worker_threads'
     export default (n: number) => {
       const end = performance.now() + 1
       while (performance.now() < end);
       return { n, pid: process.pid, threadId }
     }`,
  )
  const outputs = await map<{ n: number; pid: number; threadId: number }, number>(numbers, where, {
    on: 'threads',
    workers: 2,
    report,
  }).outputs()
  assert.deepEqual(
    outputs.map(({ n }) => n),
    numbers,
  )
  assert.deepEqual([...new Set(outputs.map(({ pid }) => pid))], [process.pid])
  assert.equal(new Set(outputs.map(({ threadId }) => threadId)).size, 2)
  const { plan } = JSON.parse(readFileSync(report, 'utf8'))
  assert.deepEqual([plan.executor, plan.workers], ['threads', 2])
})

test('what cannot be said in JSON goes there and back', async () => {
  const file = module('same.ts', 'export default (given: unknown) => given')
  const given = [new Date(5), new Map([[1, new Set([2n])]]), new Uint8Array([1, 2, 3]), undefined]
  assert.deepEqual(await map(given, file, { on: 'threads' }).outputs(), given)
})

test('setup, teardown, an async function, errors and retries are as they are in processes', async () => {
  const torn = join(folder, 'torn')
  const file = module(
    'whole.ts',
    `import { appendFileSync } from 'node:fs'
     export const setup = async () => ({ factor: 3 })
     export const teardown = () => appendFileSync(${JSON.stringify(torn)}, 'x')
     export default async (n: number, { resource, attempt }: any) => {
       await null
       if (n === 2 && attempt < 3) throw new RangeError('not yet')
       if (n === 3) throw Object.assign(new TypeError('never'), { code: 'E' })
       return n * resource.factor
     }`,
  )
  const results = []
  for await (const { index, output, error } of map<number, number>([1, 2, 3, 4], file, {
    on: 'threads',
    workers: 2,
    retries: 2,
    ordered: true,
  }))
    results.push([index, error instanceof TypeError ? (error as { code?: string }).code : output])
  assert.deepEqual(results, [
    [0, 3],
    [1, 6],
    [2, 'E'],
    [3, 12],
  ])
  assert.match(readFileSync(torn, 'utf8'), /^x+$/)
})

for (const [what, code] of [
  ['exits', 'process.exit(0)'],
  ['exits with a code', 'process.exit(3)'],
  ['never gives the event loop back', 'for (;;);'],
] as const) {
  test(`an item that ${what} is blamed alone`, async () => {
    const file = module(
      `guilty-${code.length}.ts`,
      `export default n => { if (n === 50) { ${code} } return n }`,
    )
    const failed: number[] = []
    const ended: number[] = []
    for await (const { index, error } of map(numbers, file, { on: 'threads', workers: 2, timeout: 900 }))
      (error === undefined ? ended : failed).push(index)
    assert.deepEqual(failed, [50])
    assert.equal(new Set(ended).size, 199)
    assert.equal(ended.length, 199)
  })
}

test('leaving the loop ends the threads, whatever they do', async () => {
  const file = module('endless.ts', 'export default n => { if (n > 10) for (;;); return n }')
  const seen = []
  for await (const { index } of map(numbers, file, { on: 'threads', workers: 2, batch: 1 })) {
    seen.push(index)
    if (seen.length === 5) break
  }
  assert.equal(seen.length, 5)
})

test('a closure has no threads', async () => {
  await assert.rejects(
    async () => await map([1], n => n, { on: 'threads' }).outputs(),
    /on: threads.*new URL/,
  )
})
