import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

let results: Record<string, string>

before(async () => {
  const program = fileURLToPath(new URL('deadlocks.js', import.meta.url))
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [program])
  assert.equal(stderr, '')
  results = JSON.parse(stdout)
})

/** Who waits on what, with places and numbers of tasks left out. */
function linesOf(name: string): string[] {
  return results[name]!.replace(/, at .*/g, '')
    .replace(/ \(?#\d+\)?( …)?/g, '')
    .split('\n')
    .slice(1)
    .map(line => line.trim())
}

for (const [name, ...lines] of [
  [
    'a broadcast one of whose sinks waits for what the other one holds',
    '"root" waits on the sinks of a broadcast to ask for an item',
    '"sink" waits on an item of a stream',
    '"sink" waits on the lock that task "sink" holds',
    'in a ring: "root" → "sink" → "sink" → "root"',
  ],
  [
    'a tee whose sink waits for what the stream holds',
    '"root" waits on the sink of a tee to ask for an item',
    '"tee" waits on the lock that task "root" holds',
    'in a ring: "root" → "tee" → "root"',
  ],
  [
    'a fan whose calls wait for what their taker holds',
    '"root" waits on the result of an item',
    '"the reader of a fan" waits on room for one more item',
    '"fan" × 2 waits on the lock that task "root" holds',
    'in a ring: "root" → "the reader of a fan" → "fan" → "root"',
  ],
  [
    'a stream that waits for what its reader holds',
    '"root" waits on an item of a stream',
    '"stream" waits on the lock that task "root" holds',
    'in a ring: "root" → "stream" → "root"',
  ],
  [
    'two sources that hold what the other one waits for',
    '"root" waits on receive',
    '"reader" waits on the lock that task "reader" holds',
    '"reader" waits on the lock that task "reader" holds',
    'in a ring: "reader" → "reader" → "reader"',
  ],
] as const) {
  test(`R44 ${name}: all who take part are named, with whom they wait for`, () => {
    assert.deepEqual(linesOf(name), lines)
  })
}

test('R44 in a ring of tasks of the same name each has its number', () => {
  const ring = results['two sources that hold what the other one waits for']!.split('\n').at(-1)!
  assert.match(ring, /"reader" #(\d+) → "reader" #(?!\1)\d+ → "reader" #\1$/)
})

test('R44 a stream that is open, and of which nobody wants another item, is no deadlock', () => {
  assert.equal(results['an opened stream of which nobody wants another item'], 'ended')
})
