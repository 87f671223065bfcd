import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { encode } from '#src/map/output/encode.js'
import { failedLine, okLine } from '#src/map/output/line.js'
import { type ReadOptions, readJournal } from '#src/map/output/read-journal.js'
import { BadUsage } from '#src/workers/bad-usage.js'
import { errorRecord } from '#src/workers/errors/record.js'
import { tempFile } from '../input/temp-folder.js'

const ok = (index: number, input: unknown, output: unknown = 1) =>
  okLine(index, encode(input), encode(output))
const failed = (index: number, input: unknown) =>
  failedLine(index, encode(input), errorRecord(new Error('x')), 3)

/** The file is read, and holds `after` then. */
async function reads(t: TestContext, text: string, options: ReadOptions = {}, after = text) {
  const path = tempFile(t, 'out.jsonl', text)
  const journal = await readJournal(path, options)
  assert.equal(readFileSync(path, 'utf8'), after)
  assert.equal(existsSync(`${path}.omakase-retry`), false)
  return journal
}

/** The file is refused, and stays as it is. */
async function refuses(
  t: TestContext,
  text: string | Uint8Array,
  message: RegExp,
  options: ReadOptions = {},
) {
  const path = tempFile(t, 'out.jsonl', text)
  const before = readFileSync(path)
  await assert.rejects(readJournal(path, options), (error: Error) => {
    assert.ok(error instanceof BadUsage, String(error))
    assert.match(error.message, message)
    return true
  })
  assert.deepEqual(readFileSync(path), before)
  assert.equal(existsSync(`${path}.omakase-retry`), false)
}

test('it knows which items have a line, and how they ended', async t => {
  const journal = await reads(t, ok(2, 'c') + failed(0, 'a') + ok(5, { f: [1] }))
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5, 6].map(index => journal.has(index)),
    [true, false, true, false, false, true, false],
  )
  assert.deepEqual([journal.ok, journal.failed], [2, 1])
})

test('an empty file is one without lines', async t => {
  const journal = await reads(t, '')
  assert.deepEqual([journal.has(0), journal.ok, journal.failed], [false, 0, 0])
  journal.checkEnd(0)
})

test('the lines are like this', () => {
  assert.equal(okLine(3, '"a"', '{"b":1}'), '{"index":3,"input":"a","output":{"b":1}}\n')
  assert.equal(okLine(3, '"a"', 'null', 2), '{"index":3,"input":"a","output":null,"attempts":2}\n')
  const record = { name: 'Error', message: 'm' }
  assert.equal(failedLine(0, '1', record), '{"index":0,"input":1,"error":{"name":"Error","message":"m"}}\n')
  assert.equal(
    failedLine(0, '1', record, 4),
    '{"index":0,"input":1,"error":{"name":"Error","message":"m"},"attempts":4}\n',
  )
})

test('place and input must agree with the line', async t => {
  const inputs = ['a', 5, null, { b: [1, { c: 'é' }], a: 2 }, '\ud800', { 2: 'x', 1: 'y', __proto__: null }]
  const journal = await reads(t, inputs.map((input, index) => ok(index, input)).join(''))
  for (const [index, input] of inputs.entries()) journal.check({ index, input })
  for (const [index, input] of [
    [0, 'b'],
    [1, '5'],
    [1, 6],
    [3, { a: 2, b: [1, { c: 'é' }] }],
  ] as const) {
    assert.throws(
      () => journal.check({ index, input }),
      (error: Error) => {
        assert.ok(error instanceof BadUsage)
        assert.match(
          error.message,
          new RegExp(`^line ${index + 1} of .*out.jsonl is item ${index} of other inputs: `),
        )
        return true
      },
    )
  }
})

test('lines beyond the last input are those of other inputs', async t => {
  const journal = await reads(t, ok(0, 'a') + ok(7, 'h') + ok(2, 'c'))
  journal.checkEnd(8)
  assert.throws(
    () => journal.checkEnd(7),
    /^BadUsage: line 2 of .*out\.jsonl is item 7, and there are only 7 inputs/,
  )
})

test('a torn last line is dropped, wherever it was torn', async t => {
  const whole = ok(0, 'a') + ok(1, 'b')
  const last = ok(2, 'ü"c', { more: [1, 2] })
  const bytes = Buffer.from(last)
  for (let length = 1; length < bytes.length; length++) {
    const path = tempFile(t, 'out.jsonl', Buffer.concat([Buffer.from(whole), bytes.subarray(0, length)]))
    const journal = await readJournal(path, { retryFailed: length % 2 === 0 })
    assert.deepEqual([journal.ok, journal.has(2)], [2, false])
    assert.equal(readFileSync(path, 'utf8'), whole)
  }
})

test('what is no output of a run is refused with its line number, and not touched', async t => {
  const no = (line: number) => new RegExp(`^line ${line} of .*out\\.jsonl is no result line of omakase map: `)
  await refuses(t, 'http://a.b/c\n', no(1))
  await refuses(t, 'my notes, without a line end', no(1))
  await refuses(t, `${ok(0, 'a')}"raw output"\n`, no(2))
  await refuses(t, `${ok(0, 'a')}\n${ok(1, 'b')}`, no(2))
  await refuses(t, `${ok(0, 'a')}{"index":1,"inp${ok(2, 'c')}`, no(2))
  await refuses(t, `${ok(0, 'a')}notes`, no(2))
  for (const line of [
    '{}',
    '[]',
    'null',
    '{"index":-1,"input":1,"output":1}',
    '{"index":1.5,"input":1,"output":1}',
    '{"index":"1","input":1,"output":1}',
    '{"index":1,"output":1}',
    '{"index":1,"input":1}',
    '{"index":1,"input":1,"output":1,"error":{}}',
  ]) {
    await refuses(t, `${line}\n`, no(1))
  }
  await refuses(t, Buffer.from(`${ok(0, 'a')}"caf\xe9"\n`, 'latin1'), no(2))
  await refuses(t, `${failed(0, 'a')}${ok(1, 'b')}x\n`, no(3), { retryFailed: true })
})

test('two lines of one item are refused', async t => {
  await refuses(t, ok(0, 'a') + ok(1, 'b') + failed(0, 'a'), /^lines 1 and 3 of .* are both item 0: /)
})

test('with --ordered the file must be in order and without a gap', async t => {
  await reads(t, ok(0, 'a') + failed(1, 'b') + ok(2, 'c'), { ordered: true })
  const said = (line: number, item: number, due: number) =>
    new RegExp(`^line ${line} of .* is item ${item} where item ${due} is due: .* go on without --ordered$`)
  await refuses(t, ok(1, 'b') + ok(0, 'a'), said(1, 1, 0), { ordered: true })
  await refuses(t, ok(0, 'a') + ok(2, 'c'), said(2, 2, 1), { ordered: true })
})

test('--retry-failed takes the failed lines out, and the others keep their bytes', async t => {
  const kept = [ok(3, 'd', 'é'), `{ "index": 4, "input" : "e", "output": 1.0 }\n`, ok(0, 'a')]
  const text = failed(1, 'b') + kept[0] + kept[1] + failed(2, 'c') + kept[2] + failed(9, 'z')
  const journal = await reads(t, text, { retryFailed: true }, kept.join(''))
  assert.deepEqual([journal.ok, journal.failed, journal.has(1), journal.has(4)], [3, 0, false, true])
  assert.throws(() => journal.check({ index: 0, input: 'x' }), /line 3 of/)
})

test('--retry-failed where nothing has failed leaves the file alone', async t => {
  await reads(t, ok(0, 'a'), { retryFailed: true })
  await reads(t, '', { retryFailed: true })
})

test('a file of failed lines alone becomes empty', async t => {
  await reads(t, failed(0, 'a') + failed(1, 'b'), { retryFailed: true }, '')
})

test('what an attempt that was killed left behind is removed', async t => {
  for (const retryFailed of [false, true]) {
    const path = tempFile(t, 'out.jsonl', ok(0, 'a'))
    writeFileSync(`${path}.omakase-retry`, 'half of a new fi')
    await readJournal(path, { retryFailed })
    assert.equal(existsSync(`${path}.omakase-retry`), false)
    assert.equal(readFileSync(path, 'utf8'), ok(0, 'a'))
  }
})

test('long lines and many lines are read, across the ends of reads', async t => {
  const long = ok(0, 'a', 'é'.repeat(300_000))
  const many = Array.from({ length: 20_000 }, (_, i) => ok(i + 1, `input ${i}`)).join('')
  const journal = await reads(t, long + many)
  assert.equal(journal.ok, 20_001)
  journal.check({ index: 12_345, input: 'input 12344' })
})

test('items that lie far apart take no more room than others', async t => {
  const journal = await reads(t, ok(0, 'a') + ok(4_000_000_000, 'b') + ok(Number.MAX_SAFE_INTEGER, 'c'))
  assert.deepEqual([journal.has(4_000_000_000), journal.has(4_000_000_001)], [true, false])
  journal.check({ index: Number.MAX_SAFE_INTEGER, input: 'c' })
})
