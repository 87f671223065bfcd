import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Csv } from '#src/map/input/csv.js'
import { Lines } from '#src/map/input/lines.js'
import { openInputs } from '#src/map/input/open.js'
import { BadUsage } from '#src/workers/bad-usage.js'
import { collect, told } from './collect.js'
import { tempFile } from './temp-folder.js'

test('rows are objects by the header, and values stay strings', async t => {
  const path = tempFile(t, 'a.csv', '\ufeffid,name\r\n1,Ann\r\n\r\n2,\r\n')
  assert.deepEqual(await told({ paths: [path] }), [
    { id: '1', name: 'Ann' },
    { id: '2', name: '' },
  ])
})

test('quoted fields hold commas, quotes and line ends', () => {
  assert.deepEqual(rows('a,b\n"1,5","say ""hi"""\n"two\n\nlines\r\nmore",x\n"",\n'), [
    { a: '1,5', b: 'say "hi"' },
    { a: 'two\n\nlines\r\nmore', b: 'x' },
    { a: '', b: '' },
  ])
})

test('where the reads end makes no difference', () => {
  const bytes = Buffer.from('a,b\r\n"é\r\n""x""",2\n5" pipe,3\n"y" z,4\n7\n"open,8\ngood,9\n')
  const whole = parse([bytes])
  assert.equal(whole.length, 6)
  for (let first = 0; first <= bytes.length; first++) {
    for (let second = first; second <= bytes.length; second += 3) {
      const parts = [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)]
      assert.deepEqual(parse(parts), whole)
    }
  }
})

test('a row of another length fails with its line number and its text', async t => {
  const path = tempFile(t, 'a.csv', 'a,b\n1,2\n3\n"x\ny",5,6\n7,8\n')
  const items = await collect(await openInputs({ paths: [path] }))
  assert.deepEqual(
    items.map(item => item.input),
    [{ a: '1', b: '2' }, '3', '"x\ny",5,6', { a: '7', b: '8' }],
  )
  assert.equal(items[1]?.problem?.message, `line 3 of ${path} has 1 field, the header has 2`)
  assert.equal(items[2]?.problem?.message, `line 4 of ${path} has 3 fields, the header has 2`)
})

test('a mistake with quotes fails its line alone, and what a stray quote swallowed is read again', () => {
  assert.deepEqual(rows('a,b\n1,2\n5" pipe,3\n"x" y,4\n"open,5\n6,7\n8,"z"\n9,9\n'), [
    { a: '1', b: '2' },
    'line 3 of x has a quote inside a field without quotes: write the field as "…" and the quote in it twice, ""',
    'line 4 of x goes on after a closing quote: a quote inside a field is written twice, ""',
    'line 5 of x opens a quote that is never closed: a quote inside a field is written twice, ""',
    { a: '6', b: '7' },
    { a: '8', b: 'z' },
    { a: '9', b: '9' },
  ])
})

test('two stray quotes do not swallow the good rows between them', () => {
  assert.deepEqual(rows('a,b\n"open,1\n2,2\n3,3\n4,"open\n5,5\n'), [
    'line 2 of x goes on after a closing quote: a quote inside a field is written twice, ""',
    { a: '2', b: '2' },
    { a: '3', b: '3' },
    'line 5 of x opens a quote that is never closed: a quote inside a field is written twice, ""',
    { a: '5', b: '5' },
  ])
})

test('a quote that stays open for megabytes is given up, and the rows after it are there before the end', () => {
  const items: unknown[] = []
  const csv = new Csv('x', (input, _line, problem) => items.push(problem ?? input))
  const lines = new Lines('x')
  const parts = ['a,b\n"open,1\n', ...Array.from({ length: 100 }, () => `${'y'.repeat(99_998)},2\n`)]
  for (const part of parts) csv.take(lines.push(Buffer.from(part))!)
  assert.ok(items[0] instanceof Error)
  assert.equal(items.length, 101)
})

test('a row with a line that is no UTF-8 fails, the next does not', async t => {
  const path = tempFile(t, 'a.csv', Buffer.from('a,b\n"x\n\xe9",2\n3,4\n', 'latin1'))
  const [bad, good] = await told({ paths: [path] })
  assert.match(String(bad), /^line 3 of .*a\.csv is not UTF-8: byte 1 of it is 0xE9/)
  assert.deepEqual(good, { a: '3', b: '4' })
})

test('a header that will not do is bad usage', async t => {
  for (const [header, said] of [
    ['a,b,a', /line 1 of .*, the header, will not do: columns 1 and 3 are both called 'a'; give each a name/],
    ['a,,', /columns 2 and 3 have no name/],
    ['"a', /the header of the CSV is unusable: line 1 of .* opens a quote that is never closed/],
  ] as const) {
    const source = await openInputs({ paths: [tempFile(t, 'a.csv', `${header}\n1,2,3\n`)] })
    await assert.rejects(
      collect(source),
      (error: Error) => error instanceof BadUsage && said.test(error.message),
      header,
    )
  }
})

test('a column may have any name', () => {
  const [row] = rows('__proto__,constructor\n1,2\n') as [object]
  assert.deepEqual(Object.entries(row), [
    ['__proto__', '1'],
    ['constructor', '2'],
  ])
})

test('a file with a header alone, or with nothing, has no items', () => {
  assert.deepEqual(rows('a,b\n'), [])
  assert.deepEqual(rows('a,b'), [])
  assert.deepEqual(rows(''), [])
})

function rows(text: string): unknown[] {
  return parse([Buffer.from(text)])
}

function parse(parts: Buffer[]): unknown[] {
  const items: unknown[] = []
  const csv = new Csv('x', (input, _line, problem) => items.push(problem?.message ?? input))
  const lines = new Lines('x')
  for (const block of [...parts.map(part => lines.push(part)), lines.end()]) if (block) csv.take(block)
  csv.end()
  return items
}
