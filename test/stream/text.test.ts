import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decode, jsonl, lines, pipe, toArray } from 'omakase/stream'
import { fails } from '../core/fails.js'

const text = 'first\nsecond äöü\r\n\n\u{1F642} fourth €\nlast'
const expected = ['first', 'second äöü', '', '\u{1F642} fourth €', 'last']
const bytes = new TextEncoder().encode(text)

/** In pieces of so many. */
function cut<T extends string | Uint8Array>(whole: T, size: number): T[] {
  const pieces: T[] = []
  for (let at = 0; at < whole.length; at += size) pieces.push(whole.slice(at, at + size) as T)
  return pieces
}

for (const size of [1, 2, 3, 4, 5, 7, 11, 100]) {
  test(`lines do not depend on how the text is cut (${size} at once)`, async () => {
    assert.deepEqual(await pipe(cut(bytes, size), lines(), toArray()), expected)
    assert.deepEqual(await pipe(cut(text, size), lines(), toArray()), expected)
    assert.deepEqual(await pipe(cut(bytes, size), decode(), lines(), toArray()), expected)
    assert.equal((await pipe(cut(bytes, size), decode(), toArray())).join(''), text)
  })
}

test('lines: an empty line is one, and nothing comes after the last line end', async () => {
  const of = (...chunks: string[]) => pipe(chunks, lines(), toArray())
  assert.deepEqual(await of(), [])
  assert.deepEqual(await of(''), [])
  assert.deepEqual(await of('\n'), [''])
  assert.deepEqual(await of('\n', '\n'), ['', ''])
  assert.deepEqual(await of('a\n'), ['a'])
  assert.deepEqual(await of('a', '', '\n', 'b'), ['a', 'b'])
  assert.deepEqual(await of('a\r', '\nb\rc\r\n'), ['a', 'b\rc'])
  assert.deepEqual(await of(' a \n\tb'), [' a ', '\tb'])
})

test('lines: bytes and text may alternate', async () => {
  const chunks = ['a', new TextEncoder().encode('b'), 'c\nd', new TextEncoder().encode('e\nf'), 'g']
  assert.deepEqual(await pipe(chunks, lines(), toArray()), ['abc', 'de', 'fg'])
})

test('lines and decode: a byte order mark goes, also where it is cut', async () => {
  const marked = new TextEncoder().encode('\uFEFFa\n\uFEFFb')
  for (const size of [1, 2, 3, 10]) {
    assert.deepEqual(await pipe(cut(marked, size), lines(), toArray()), ['a', '\uFEFFb'])
    assert.deepEqual(await pipe(cut(marked, size), decode(), lines(), toArray()), ['a', '\uFEFFb'])
  }
})

test('lines: a chunk that its source uses again does not change what was read', async () => {
  const buffer = new Uint8Array(4)
  const reusing = function* () {
    for (const part of ['ab\nc', 'de\nf']) {
      new TextEncoder().encodeInto(part, buffer)
      yield buffer
    }
  }
  assert.deepEqual(await pipe(reusing, lines(), toArray()), ['ab', 'cde', 'f'])
})

test('lines: bytes that are no UTF-8 fail, with what to write instead', async () => {
  await fails(pipe([new Uint8Array([65, 0xe4, 10])], lines(), toArray()), {
    name: 'TypeError',
    message: /no text in utf-8; put decode/,
  } as never)
  await fails(pipe([new Uint8Array([65, 0xe2, 0x82])], lines(), toArray()), { name: 'TypeError' })
})

test('decode: other encodings, and errors that are replaced', async () => {
  const windows = new Uint8Array([0x80, 0xe4, 10, 0x93, 0x94])
  assert.deepEqual(await pipe([windows], decode('windows-1252'), lines(), toArray()), ['€ä', '“”'])
  const utf16 = new Uint8Array(new Uint16Array([0x61, 0x20ac, 10, 0xd83d, 0xde42]).buffer)
  for (const size of [1, 3, 20])
    assert.deepEqual(await pipe(cut(utf16, size), decode('utf-16le'), lines(), toArray()), [
      'a€',
      '\u{1F642}',
    ])
  const broken = new Uint8Array([65, 0xff, 66, 0xe2])
  await fails(pipe([broken], decode(), toArray()), { name: 'TypeError' })
  assert.equal(
    (await pipe([broken], decode('utf-8', { invalid: 'replace' }), toArray())).join(''),
    'A\uFFFDB\uFFFD',
  )
})

test('jsonl: one value a line, empty lines are none, and an error has the number of its line', async () => {
  const of = (chunk: string) => pipe([chunk], jsonl(), toArray())
  assert.deepEqual(await of('{"a":1}\n\n  \n[2]\r\n"x"\nnull'), [{ a: 1 }, [2], 'x', null])
  await fails(of('1\n\n{oops}\n'), { name: 'SyntaxError', message: /^line 3 is no JSON: / } as never)
})
