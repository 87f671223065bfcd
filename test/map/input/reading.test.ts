import assert from 'node:assert/strict'
import { readdirSync, readlinkSync } from 'node:fs'
import { test } from 'node:test'
import type { Bytes } from '#src/map/input/bytes.js'
import { fromFiles } from '#src/map/input/from-files.js'
import { openInputs } from '#src/map/input/open.js'
import { tempFile } from './temp-folder.js'

test('a chunk holds what one read gave, and at most 1,000 items', async t => {
  const path = tempFile(t, 'a.txt', 'x\n'.repeat(100_000))
  let items = 0
  for await (const chunk of await openInputs({ paths: [path] })) {
    assert.ok(chunk.length <= 1000)
    assert.equal(chunk[0]?.index, items)
    items += chunk.length
  }
  assert.equal(items, 100_000)
})

test('nothing is read before it is needed', async () => {
  let reads = 0
  const bytes: Bytes = {
    name: 'counted',
    close() {},
    async *chunks() {
      for (;;) {
        reads++
        yield Buffer.from('a\nb\n')
      }
    },
  }
  const items = fromFiles([{ bytes, format: 'lines' }])[Symbol.asyncIterator]()
  assert.equal(reads, 0)
  for (let n = 1; n <= 3; n++) {
    await items.next()
    assert.equal(reads, n)
  }
  await items.return?.()
})

test('breaking off closes the file', async t => {
  const path = tempFile(t, 'a.txt', 'x\n'.repeat(100_000))
  for await (const _ of await openInputs({ paths: [path] })) {
    assert.ok(openFiles().includes(path))
    break
  }
  assert.ok(!openFiles().includes(path))
})

test('a file of which the end was read is closed', async t => {
  const path = tempFile(t, 'a.txt', 'x\n')
  for await (const _ of await openInputs({ paths: [path] }));
  assert.ok(!openFiles().includes(path))
})

test('the total is estimated from the size of the files, and exact at the end', async t => {
  const path = tempFile(t, 'a.txt', 'line\n'.repeat(50_000))
  const source = await openInputs({ paths: [path, path] })
  assert.equal(source.progress(), undefined)
  let first = true
  for await (const _ of source) {
    const { total, exact } = source.progress()!
    if (first) assert.ok(!exact && Math.abs(total - 100_000) < 100, String(total))
    first = false
  }
  assert.deepEqual(source.progress(), { done: 100_000, total: 100_000, exact: true })
})

test('a file that one read holds is known to its end at once', async t => {
  const source = await openInputs({ paths: [tempFile(t, 'a.txt', 'a\n\nb\n')] })
  await source[Symbol.asyncIterator]().next()
  assert.deepEqual(source.progress(), { done: 2, total: 2, exact: true })
})

function openFiles(): string[] {
  return readdirSync('/proc/self/fd').map(fd => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`)
    } catch {
      return ''
    }
  })
}
