import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { omakase, outputs, sorted } from './support/command.js'
import { folder } from './support/folder.js'

const LEAK = `const kept: Buffer[] = []
export default (n: number) => {
  kept.push(Buffer.alloc(2e6, 1))
  // Its memory is looked at ten times a second: it must not be over sooner.
  for (const end = performance.now() + 5; performance.now() < end;);
  return process.pid
}`

describe('--memory', { concurrency: 2 }, () => {
  test('a process that grows is replaced between items, and no item fails', async t => {
    const run = await omakase(
      t,
      ['map', 'leak.ts', '--range', '0..199', '--memory', '160MB', '--on', 'processes', '--workers', '2'],
      { cwd: folder(t, { 'leak.ts': LEAK }) },
    )
    assert.equal(run.code, 0)
    assert.equal(run.lines.length, 200)
    assert.ok(new Set(outputs(run)).size > 2)
  })

  test('one that races past it is killed, and the item blamed alone', async t => {
    const run = await omakase(
      t,
      ['map', 'race.ts', '--range', '0..39', '--memory', '200MB', '--on', 'processes', '--workers', '2'],
      {
        cwd: folder(t, {
          'race.ts': `const kept: Buffer[] = []
            export default (n: number) => {
              for (let i = 0; n === 20 && i < 300; i++) {
                kept.push(Buffer.alloc(1e7, 1))
                const end = performance.now() + 10
                while (performance.now() < end);
              }
              return n
            }`,
        }),
      },
    )
    assert.equal(run.lines.length, 40)
    const failed = sorted(run.lines).filter(line => line.error)
    assert.deepEqual(
      failed.map(line => line.index),
      [20],
    )
    assert.match(failed[0]!.error!.message, /grown to \d+ MB, past its memory/)
  })

  test('of a thread it bounds the heap, and says so', async t => {
    const run = await omakase(
      t,
      ['map', 'heap.ts', '--range', '0..39', '--memory', '100MB', '--on', 'threads', '--workers', '2'],
      {
        cwd: folder(t, {
          'heap.ts': `export default (n: number) => {
            const kept = []
            while (n === 20) kept.push(new Array(1000).fill(n))
            return n
          }`,
        }),
      },
    )
    assert.match(run.stderr, /--memory bounds only the heap of a thread/)
    const failed = sorted(run.lines).filter(line => line.error)
    assert.deepEqual(
      failed.map(line => line.index),
      [20],
    )
    assert.match(failed[0]!.error!.message, /out of memory/)
    assert.equal(run.lines.length, 40)
  })

  for (const [args, expected] of [
    [['--memory', '1kb'], /--memory 1kb: write a size such as 512MB/],
    [['--memory', '1kB'], /is too little: a worker has \d+ MB when it has loaded/],
    [['--workers', '100000'], /workers 100000: so many processes take 5000 GB at least, and there are/],
    [['--workers', '100000', '--on', 'threads'], /workers 100000: so many threads take 1000 GB at least/],
    [['--memory', '1GB', '--exec', 'echo'], /--memory 1GB: it is for functions: write --exec 'ulimit/],
  ] as const) {
    test(`${args.join(' ')} is one clear line`, async t => {
      const fn = (args as readonly string[]).includes('--exec') ? [] : ['-e', 'n => n']
      const run = await omakase(t, ['map', ...fn, ...args, '--range', '0..9'], { cwd: folder(t) })
      assert.equal(run.code, 2)
      assert.match(run.stderr, expected)
      assert.equal(run.stderr.trim().split('\n').length, 1)
    })
  }
})
