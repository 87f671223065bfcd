import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { omakase, outputs, parsed, sorted } from './support/command.js'
import { folder } from './support/folder.js'
import { assertEachOnce } from './support/journal.js'

const ODD_LATE = `export default async (n: number) => {
  await new Promise(resolve => setTimeout(resolve, n % 2 === 1 ? 60 : 1))
  return n * n
}`

describe('results', { concurrency: 3 }, () => {
  test('there is a line for each input, with its place, the input and the output', async t => {
    const { code, lines } = await omakase(t, ['map', '-e', 's => s.length'], {
      cwd: folder(t),
      input: 'a\r\n\n bcd \n',
    })
    assert.equal(code, 0)
    assert.deepEqual(sorted(lines), [
      { index: 0, input: 'a', output: 1 },
      { index: 1, input: ' bcd ', output: 5 },
    ])
  })

  test('a failed item has a line too, and then the exit code is 1', async t => {
    const { code, lines, stderr } = await omakase(
      t,
      [
        'map',
        '-e',
        "n => { if (n === 2) throw Object.assign(new RangeError('odd'), { code: 'E_ODD' }); return n }",
        '--range',
        '1..3',
      ],
      { cwd: folder(t) },
    )
    assert.equal(code, 1)
    const [one, two, three] = sorted(lines)
    assert.deepEqual([one?.output, three?.output], [1, 3])
    assert.equal(two?.error?.name, 'RangeError')
    assert.equal(two?.error?.message, 'odd')
    assert.equal(two?.error?.code, 'E_ODD')
    assert.match(stderr, /2 ok +1 failed/)
  })

  test('what is thrown may be a string or undefined, and an item of that kind is a failed one', async t => {
    const code = "n => { throw n === 1 ? 'no' : undefined }"
    const ended = await omakase(t, ['map', '-e', code, '--range', '1..2'], { cwd: folder(t) })
    assert.equal(ended.code, 1)
    const [text, nothing] = sorted(ended.lines)
    assert.match(JSON.stringify(text?.error), /no/)
    assert.ok(nothing?.error)
  })

  test('a function, a cycle or a symbol as output fails its item with the path; a BigInt is a string', async t => {
    const code = `n => { if (n === 0) return { a: [() => 1] }; if (n === 1) { const o = {}; o.o = o; return o }
      return n === 2 ? 12n : { deep: Symbol('x') } }`
    const { lines } = await omakase(t, ['map', '-e', code, '--range', '0..3'], { cwd: folder(t) })
    const [fn, cycle, big, symbol] = sorted(lines)
    assert.match(fn!.error!.message, /a\[0\]|\.a\.0/)
    assert.ok(cycle?.error)
    assert.equal(big?.output, '12')
    assert.match(symbol!.error!.message, /deep/)
  })

  test('--ordered writes the lines in the order of the inputs', async t => {
    const cwd = folder(t, { 'odd.ts': ODD_LATE })
    const { lines } = await omakase(t, ['map', 'odd.ts', '--range', '0..199', '--ordered'], { cwd })
    assert.deepEqual(
      lines.map(({ index }) => index),
      Array.from({ length: 200 }, (_, index) => index),
    )
  })

  test('without --ordered the lines come as the items end', async t => {
    const cwd = folder(t, { 'odd.ts': ODD_LATE })
    const { lines } = await omakase(t, ['map', 'odd.ts', '--range', '0..199', '--concurrency', '8'], { cwd })
    assert.equal(lines.length, 200)
    assert.notDeepEqual(
      lines,
      sorted(lines).map(line => line),
    )
  })

  test('--raw prints only the outputs, strings bare, and nothing for what failed', async t => {
    const code = "n => { if (n === 2) throw new Error('no'); return n === 1 ? 'a \"b\"' : { n } }"
    const ended = await omakase(t, ['map', '-e', code, '--range', '1..3', '--raw', '--ordered'], {
      cwd: folder(t),
    })
    assert.equal(ended.stdout, 'a "b"\n{"n":3}\n')
    assert.equal(ended.code, 1)
  })

  test('-o writes the same lines into a file, and nothing to standard output', async t => {
    const cwd = folder(t)
    const { stdout, code } = await omakase(
      t,
      ['map', '-e', 'n => -n', '--range', '1..500', '-o', 'o.jsonl'],
      {
        cwd,
      },
    )
    assert.deepEqual([stdout, code], ['', 0])
    const lines = parsed(readFileSync(join(cwd, 'o.jsonl'), 'utf8'))
    assert.deepEqual(
      outputs({ lines }),
      Array.from({ length: 500 }, (_, index) => -index - 1),
    )
  })

  test('a run ends also where its last inputs are done already, or cannot be read', async t => {
    const cwd = folder(t, { 'bad.jsonl': `${'1\n'.repeat(199)}{\n` })
    const code = 'n => { if (n % 2 && !process.env.GOOD) throw n; return n }'
    const first = ['map', '-e', code, '--range', '1..200', '-o', 'o.jsonl']
    assert.equal((await omakase(t, first, { cwd })).code, 1)
    const again = [...first, '--resume', '--retry-failed']
    assert.equal((await omakase(t, again, { cwd, env: { GOOD: 'yes' } })).code, 0)
    assertEachOnce(join(cwd, 'o.jsonl'), 200)
    const ended = await omakase(t, ['map', '-e', 'n => n', 'bad.jsonl'], { cwd })
    assert.deepEqual([ended.code, ended.lines.length], [1, 200])
  })

  test('console.log, process.stdout and log() end up on standard error', async t => {
    const code =
      "(n, { log }) => { console.log('one'); process.stdout.write('two\\n'); log('three', { n }); return n }"
    const { stdout, stderr } = await omakase(t, ['map', '-e', code, '--args', 'x'], { cwd: folder(t) })
    assert.equal(stdout, '{"index":0,"input":"x","output":"x"}\n')
    for (const text of ['one', 'two', "three { n: 'x' }"]) assert.ok(stderr.includes(`${text}\n`), stderr)
  })

  test('inputs come from several files, one after the other, each in its own format', async t => {
    const cwd = folder(t, { 'a.txt': 'x\ny', 'b.jsonl': '{"n":1}\n[2]\n', 'c.csv': 'k,v\n1,"2\n3"\n' })
    const { lines, code } = await omakase(t, ['map', '-e', 'x => x', 'a.txt', 'b.jsonl', 'c.csv'], { cwd })
    assert.equal(code, 0)
    assert.deepEqual(outputs({ lines }), ['x', 'y', { n: 1 }, [2], { k: '1', v: '2\n3' }])
  })

  test('a bad line of JSON or CSV fails as an item, with its line number, and the good ones run', async t => {
    const cwd = folder(t, { 'a.jsonl': '1\n{oh\n3\n', 'b.csv': 'k,v\n1,2\n3\n4,5\n' })
    const { lines, code } = await omakase(t, ['map', '-e', 'x => x', 'a.jsonl', 'b.csv'], { cwd })
    assert.equal(code, 1)
    assert.deepEqual(
      sorted(lines).map(({ output, error }) => output ?? /line \d of [ab]\.\w+/.exec(error!.message)?.[0]),
      [1, 'line 2 of a.jsonl', 3, { k: '1', v: '2' }, 'line 3 of b.csv', { k: '4', v: '5' }],
    )
  })

  test('invalid UTF-8 fails its item with the line', async t => {
    const cwd = folder(t, { 'a.txt': Buffer.from([0x61, 10, 0xff, 10, 0x62, 10]) })
    const { lines, code } = await omakase(t, ['map', '-e', 'x => x', 'a.txt'], { cwd })
    assert.equal(code, 1)
    const [a, bad, b] = sorted(lines)
    assert.deepEqual([a?.output, b?.output], ['a', 'b'])
    assert.match(bad!.error!.message, /line 2 of a\.txt is not UTF-8/)
  })

  test('an empty input is 0 items and success; so is a pattern without a match, which is said', async t => {
    const cwd = folder(t)
    const empty = await omakase(t, ['map', '-e', 'x => x'], { cwd })
    assert.deepEqual([empty.code, empty.stdout], [0, ''])
    assert.match(empty.stderr, /^0 items/m)
    const unmatched = await omakase(t, ['map', '-e', 'x => x', '--files', '*.nothing'], { cwd })
    assert.deepEqual([unmatched.code, unmatched.stdout], [0, ''])
    assert.match(unmatched.stderr, /no file matches '\*\.nothing': 0 items/)
  })

  test('--files gives sorted paths', async t => {
    const cwd = folder(t, { 'b.md': '', 'a.md': '', 'sub/c.md': '', 'd.txt': '' })
    const { lines } = await omakase(t, ['map', '-e', 'p => p', '--files', '**/*.md'], { cwd })
    assert.deepEqual(outputs({ lines }), ['a.md', 'b.md', 'sub/c.md'])
  })

  test('NUL-separated inputs may hold line feeds', async t => {
    const { lines } = await omakase(t, ['map', '-e', 's => s', '-0'], { cwd: folder(t), input: 'a\nb\0c\0' })
    assert.deepEqual(outputs({ lines }), ['a\nb', 'c'])
  })

  test('a full disk is one line, and not success', { skip: process.platform !== 'linux' }, async t => {
    const { code, stderr } = await omakase(t, ['map', '-e', 'n => n', '--range', '1..5', '-o', '/dev/full'], {
      cwd: folder(t),
    })
    assert.equal(code, 1)
    assert.match(stderr, /^omakase: .*\/dev\/full.*$/m)
    assert.doesNotMatch(stderr, /^ +at /m)
  })

  test('--report writes what was measured, chosen and done as JSON', async t => {
    const cwd = folder(t)
    const code = "n => { if (n === 7) throw new TypeError('no'); return n }"
    await omakase(t, ['map', '-e', code, '--range', '1..100', '--report', 'r.json', '-o', 'o.jsonl'], { cwd })
    const report = JSON.parse(readFileSync(join(cwd, 'r.json'), 'utf8'))
    assert.deepEqual(report.items, { ok: 99, failed: 1, skipped: 0 })
    assert.deepEqual(report.failures, { TypeError: 1 })
    assert.equal(report.plan.executor, 'loop')
    assert.equal(typeof report.reason, 'string')
  })

  test('an input of 50 MB comes through (slow)', async t => {
    const { lines, code } = await omakase(t, ['map', '-e', 's => s.length', '--raw'], {
      cwd: folder(t),
      input: `${'x'.repeat(50e6)}\ny\n`,
    })
    assert.equal(code, 0)
    assert.deepEqual([...lines].map(Number).sort(), [1, 50e6])
  })
})
