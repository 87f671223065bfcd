import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openInputs } from '#src/map/input/open.js'
import { collect, told } from './collect.js'
import { tempFile } from './temp-folder.js'

test('each line is a JSON value, and the endings .jsonl and .ndjson speak for themselves', async t => {
  const text = '{"a":1}\r\n\n[2]\n"three"\nnull\n'
  const values = [{ a: 1 }, [2], 'three', null]
  assert.deepEqual(await told({ paths: [tempFile(t, 'a.jsonl', text)] }), values)
  assert.deepEqual(await told({ paths: [tempFile(t, 'a.NDJSON', text)] }), values)
  assert.deepEqual(await told({ paths: [tempFile(t, 'a.txt', text)], jsonl: true }), values)
})

test('a line that is not JSON fails with its file and number, and the good ones go on', async t => {
  const path = tempFile(t, 'a.jsonl', '1\n\n{"a":\n3\nnope\n')
  const items = await collect(await openInputs({ paths: [path] }))
  assert.deepEqual(
    items.map(item => item.input),
    [1, '{"a":', 3, 'nope'],
  )
  assert.match(items[1]?.problem?.message ?? '', /^line 3 of .*a\.jsonl is not JSON: ./)
  assert.match(items[3]?.problem?.message ?? '', /^line 5 of .*a\.jsonl is not JSON: ./)
  assert.equal(items[1]?.problem?.stack, `InputError: ${items[1]?.problem?.message}`)
})

test('a format that is asked for overrides the ending', async t => {
  const path = tempFile(t, 'a.csv', '{"a":1}\n')
  assert.deepEqual(await told({ paths: [path], jsonl: true }), [{ a: 1 }])
})

test('a line that is no UTF-8 says that, not that it is no JSON', async t => {
  const path = tempFile(t, 'a.jsonl', Buffer.from('"caf\xe9"\n', 'latin1'))
  assert.match(String((await told({ paths: [path] }))[0]), /^line 1 of .* is not UTF-8: byte 5 of it is 0xE9/)
})
