import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { count, readResults } from '../../examples/demo/results.js'
import { startSite } from '../../examples/demo/site.js'
import { omakase } from './omakase.js'
import { plainCheck } from './plain-check.js'
import { scratch } from './scratch.js'

test('check-urls finds the status that a plain loop finds for each of 1,000 pages (slow)', async t => {
  const folder = scratch(t)
  const statuses = join(folder, 'statuses.jsonl')

  const urls = await site(t, join(folder, 'urls.txt'))
  const { code, stderr } = await omakase(
    'map',
    'examples/check-urls/check-url.ts',
    join(folder, 'urls.txt'),
    '--timeout',
    '5s',
    '--retries',
    '1',
    '-o',
    statuses,
  )
  assert.equal(code, 1, stderr)
  const results = readResults<number>(statuses)
  assert.deepEqual(results.map(({ input }) => input).sort(), [...urls].sort())
  const found = new Map(results.map(({ input, output, error }) => [path(input), output ?? error!.name]))

  // A site of its own, so that the pages that are busy at first are busy again.
  const expected = await plainly(await site(t, join(folder, 'again.txt')))
  assert.deepEqual(count(found.values()), count(expected.values()))
  assert.deepEqual([...found].sort(), [...expected].sort())
})

/** The addresses of the pages of a site that is there until the test ends. */
async function site(t: TestContext, file: string): Promise<string[]> {
  const { process } = await startSite(file)
  t.after(() => process.kill())
  return readFileSync(file, 'utf8').trimEnd().split('\n')
}

async function plainly(urls: readonly string[]): Promise<Map<string, number | string>> {
  const statuses = new Map<string, number | string>()
  const left = urls.values()
  const worker = async () => {
    for (const url of left) statuses.set(path(url), await plainCheck(url, 5000))
  }
  await Promise.all(Array.from({ length: 100 }, worker))
  return statuses
}

function path(url: string): string {
  return new URL(url).pathname
}
