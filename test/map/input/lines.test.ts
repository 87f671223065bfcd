import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Lines, NUL } from '#src/map/input/lines.js'
import { openInputs } from '#src/map/input/open.js'
import { BadUsage } from '#src/workers/bad-usage.js'
import { collect, told } from './collect.js'
import { tempFile } from './temp-folder.js'

test('a line ends with LF or CRLF, keeps its other white space, and an empty one is skipped', async t => {
  const path = tempFile(t, 'a.txt', '  a \nb\r\n\n\r\n\t\nc\rd\n')
  assert.deepEqual(await told({ paths: [path] }), ['  a ', 'b', '\t', 'c\rd'])
})

test('the index counts from 0 over all files, and empty lines take none, but count as lines', async t => {
  const first = tempFile(t, 'a.txt', 'a\n\nb')
  const second = tempFile(t, 'b.txt', '\nc\n')
  const items = await collect(await openInputs({ paths: [first, second] }))
  assert.deepEqual(items, [
    { index: 0, input: 'a', line: 1 },
    { index: 1, input: 'b', line: 3 },
    { index: 2, input: 'c', line: 2 },
  ])
})

test('a last line without an end counts, and a file without a line has no items', async t => {
  assert.deepEqual(await told({ paths: [tempFile(t, 'a.txt', 'a\nb')] }), ['a', 'b'])
  assert.deepEqual(await told({ paths: [tempFile(t, 'b.txt', '')] }), [])
  assert.deepEqual(await told({ paths: [tempFile(t, 'c.txt', '\n\r\n')] }), [])
})

test('a byte order mark goes, at the start of each file and nowhere else', async t => {
  const path = tempFile(t, 'a.txt', '\ufeffa\n\ufeffb\n')
  assert.deepEqual(await told({ paths: [path, path] }), ['a', '\ufeffb', 'a', '\ufeffb'])
  assert.deepEqual(await told({ paths: [tempFile(t, 'b.txt', '\ufeff')] }), [])
})

test('where the reads end makes no difference', () => {
  const bytes = Buffer.from('\ufeffé\r\n\r\n€uro 😀\n\nlast', 'utf8')
  const whole = linesOf([bytes])
  for (let first = 0; first <= bytes.length; first++) {
    for (let second = first; second <= bytes.length; second++) {
      const parts = [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)]
      assert.deepEqual(linesOf(parts), whole)
    }
  }
  assert.deepEqual(whole, ['é\r', '\r', '€uro 😀', '', 'last'])
})

test('a line that is not UTF-8 fails alone, and says which byte it is and how to convert', async t => {
  const path = tempFile(t, 'latin.txt', Buffer.from('good\ncaf\xe9 au lait\nalso good\n', 'latin1'))
  const items = await collect(await openInputs({ paths: [path] }))
  assert.deepEqual(
    items.map(item => item.input),
    ['good', 'caf\ufffd au lait', 'also good'],
  )
  assert.equal(
    items[1]?.problem?.message,
    `line 2 of ${path} is not UTF-8: byte 4 of it is 0xE9; convert the input first, for example with iconv -f ISO-8859-1 -t UTF-8`,
  )
  assert.equal(items[0]?.problem ?? items[2]?.problem, undefined)
})

test('of a character that is cut off the first byte is named', () => {
  for (const [line, byte] of [
    [[0x61, 0xe2, 0x82], 'byte 2 of it is 0xE2'],
    [[0xc3, 0xa9, 0xff], 'byte 3 of it is 0xFF'],
    [[0xf0, 0x9f, 0x98, 0x61], 'byte 1 of it is 0xF0'],
    [[0x80], 'byte 1 of it is 0x80'],
  ] as const) {
    const block = new Lines('x').push(Buffer.from([...line, 10]))
    assert.match(block?.bad.get(1)?.message ?? '', new RegExp(byte))
  }
})

test('UTF-16 is refused as a whole, since half of it would pass for UTF-8', async t => {
  for (const bytes of [Buffer.from('\ufeffabc\n', 'utf16le'), Buffer.from([0xfe, 0xff, 0, 0x61, 0, 10])]) {
    const source = await openInputs({ paths: [tempFile(t, 'wide.txt', bytes)] })
    await assert.rejects(collect(source), (error: Error) => {
      assert.ok(error instanceof BadUsage)
      assert.match(error.message, /wide\.txt is UTF-16: convert it first, with iconv -f UTF-16 -t UTF-8$/)
      return true
    })
  }
})

test('a line of 50 MB works', async t => {
  const path = tempFile(t, 'long.txt', `a\n${'x'.repeat(50_000_000)}\nb\n`)
  const items = await collect(await openInputs({ paths: [path] }))
  assert.deepEqual(
    items.map(item => (item.input as string).length),
    [1, 50_000_000, 1],
  )
})

test('a line that is longer than a string can be fails alone, and is not kept in memory', () => {
  const lines = new Lines('x', 10, 10)
  const blocks = ['ab\n', 'c'.repeat(8), 'd'.repeat(8), 'e'.repeat(8), 'f\ng\nh', '\n'].map(part =>
    lines.push(Buffer.from(part)),
  )
  const texts = blocks.flatMap(block => block?.texts ?? [])
  assert.deepEqual(texts, ['ab', 'cccccccc…', 'g', 'h'])
  const bad = blocks.flatMap(block => [...(block?.bad ?? [])])
  assert.deepEqual(
    bad.map(([number, error]) => [number, error.message]),
    [[2, 'line 2 of x is longer than a string can be (25 bytes): break it into several lines']],
  )
  assert.equal(blocks.at(-1)?.first, 4)
})

test('with -0 a record ends with NUL and keeps its line ends', async t => {
  const path = tempFile(t, 'names', 'a\nb\0c\r\0\0d')
  assert.deepEqual(await told({ paths: [path], nul: true }), ['a\nb', 'c\r', 'd'])
  const block = new Lines('names', NUL).push(Buffer.from([0x61, 0, 0xff, 0]))
  assert.match(block?.bad.get(2)?.message ?? '', /^record 2 of names is not UTF-8/)
})

function linesOf(parts: Buffer[]): string[] {
  const lines = new Lines('x')
  const blocks = [...parts.map(part => lines.push(part)), lines.end()]
  return blocks.flatMap(block => block?.texts ?? [])
}
