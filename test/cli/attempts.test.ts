import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { type Line, omakase, outputs, sorted } from './support/command.js'
import { folder } from './support/folder.js'

function timedOut(lines: readonly Line[]): number[] {
  return sorted(lines)
    .filter(({ error }) => error?.name === 'TimeoutError')
    .map(({ index }) => index)
}

describe('attempts', { concurrency: 3 }, () => {
  test('--retries tries again, tells the function and the line which attempt it was', async t => {
    const code = `(n, { attempt }) => { if (attempt <= n) throw new Error('attempt ' + attempt); return attempt }`
    const { lines, code: exit } = await omakase(t, ['map', '-e', code, '--range', '0..3', '--retries', '2'], {
      cwd: folder(t),
    })
    assert.equal(exit, 1)
    const [none, one, two, three] = sorted(lines)
    assert.deepEqual(
      [none, one, two].map(line => [line?.output, line?.attempts]),
      [
        [1, undefined],
        [2, 2],
        [3, 3],
      ],
    )
    assert.equal(three?.error?.message, 'attempt 3')
    assert.equal(three?.attempts, 3)
  })

  for (const on of ['loop', 'processes']) {
    test(`--timeout ends an item that waits too long, on ${on}`, async t => {
      const cwd = folder(t, {
        'late.ts': `export default async (n: number) => {
          await new Promise(resolve => setTimeout(resolve, n === 1 ? 60_000 : 1))
          return n
        }`,
      })
      const { lines, code } = await omakase(
        t,
        ['map', 'late.ts', '--range', '0..3', '--timeout', '900ms', '--on', on],
        { cwd },
      )
      assert.equal(code, 1)
      assert.deepEqual(timedOut(lines), [1])
      assert.deepEqual(outputs({ lines }), [0, undefined, 2, 3])
    })

    test(`--timeout ends an item that never settles, on ${on}`, async t => {
      const code = 'n => n === 1 ? new Promise(() => {}) : n'
      const { lines } = await omakase(
        t,
        ['map', '-e', code, '--range', '0..3', '--timeout', '900ms', '--on', on],
        { cwd: folder(t) },
      )
      assert.deepEqual(timedOut(lines), [1])
      assert.equal(lines.length, 4)
    })

    test(`--timeout ends an endless loop, and the others run to their end, on ${on} (slow)`, async t => {
      const code = 'n => { if (n === 3) for (;;); return n }'
      const { lines, code: exit } = await omakase(
        t,
        ['map', '-e', code, '--range', '0..9', '--timeout', '900ms', '--on', on],
        { cwd: folder(t) },
      )
      assert.equal(exit, 1)
      assert.deepEqual(timedOut(lines), [3])
      assert.deepEqual(outputs({ lines }), [0, 1, 2, undefined, 4, 5, 6, 7, 8, 9])
    })
  }

  test('--timeout ends an endless loop among items that wait (slow)', async t => {
    const cwd = folder(t, {
      'mixed.ts': `export default async (n: number) => {
        await new Promise(resolve => setTimeout(resolve, 5))
        if (n === 50) for (;;);
        return n
      }`,
    })
    const { lines } = await omakase(t, ['map', 'mixed.ts', '--range', '0..99', '--timeout', '3s'], { cwd })
    assert.deepEqual(timedOut(lines), [50])
    assert.equal(lines.length, 100)
    assert.equal(outputs({ lines }).filter(output => output !== undefined).length, 99)
  })

  test('a function that never settles and keeps nothing alive is no success', async t => {
    const ended = await omakase(
      t,
      ['map', '-e', '() => new Promise(() => {})', '--args', 'a', '--timeout', '100ms'],
      {
        cwd: folder(t),
      },
    )
    assert.equal(ended.code, 1)
    assert.equal(ended.lines[0]?.error?.name, 'TimeoutError')
  })

  test('--max-failures ends the run, with exit code 1 and what was done written', async t => {
    const code = "async n => { await null; if (n % 2) throw new Error('odd'); return n }"
    const { lines, code: exit } = await omakase(
      t,
      ['map', '-e', code, '--range', '0..100000', '--max-failures', '3', '--concurrency', '1'],
      { cwd: folder(t) },
    )
    assert.equal(exit, 1)
    assert.equal(lines.filter(({ error }) => error !== undefined).length, 3)
    assert.ok(lines.length < 1000)
  })

  test('--max-failures cancels what runs', async t => {
    const cwd = folder(t, {
      'wait.ts': `import { appendFileSync } from 'node:fs'
        export default async (n: number, { signal }: { signal: AbortSignal }) => {
          if (n === 3) throw new Error('no')
          await new Promise((_, reject) => {
            const timer = setTimeout(reject, 60_000)
            signal.addEventListener('abort', () => {
              clearTimeout(timer)
              appendFileSync('cut.txt', n + '\\n')
              reject(signal.reason)
            })
          })
        }`,
    })
    const { lines, code } = await omakase(
      t,
      ['map', 'wait.ts', '--range', '1..4', '--max-failures', '1', '--concurrency', '4'],
      { cwd },
    )
    assert.equal(code, 1)
    assert.deepEqual(
      lines.map(({ input }) => input),
      [3],
    )
    const cut = readFileSync(join(cwd, 'cut.txt'), 'utf8').split('\n').sort()
    assert.ok(cut.includes('1') && cut.includes('2'), `cut: ${cut}`)
  })

  test('--max-failures ends the run whatever the cleanup of the others does (slow)', async t => {
    const cwd = folder(t, {
      'stay.ts': `import { co, forever } from 'omakase'
        export default co(function* (n: number) {
          if (n === 3) throw new Error('no')
          try {
            yield* forever()
          } finally {
            yield* forever()
          }
        })`,
    })
    const { lines, code } = await omakase(
      t,
      ['map', 'stay.ts', '--range', '1..4', '--max-failures', '1', '--concurrency', '4'],
      { cwd },
    )
    assert.equal(code, 1)
    assert.deepEqual(
      lines.map(({ input }) => input),
      [3],
    )
  })

  for (const settings of [
    ['--on', 'loop'],
    ['--on', 'processes', '--workers', '2'],
    ['--on', 'loop', '--concurrency', '1'],
  ]) {
    test(`--rate spaces attempts evenly, retries among them: ${settings.join(' ')}`, async t => {
      const cwd = folder(t, {
        'note.ts': `import { appendFileSync } from 'node:fs'
          export default async (n: number, { attempt }: { attempt: number }) => {
            appendFileSync('starts.txt', (performance.timeOrigin + performance.now()) + '\\n')
            if (n % 5 === 0 && attempt === 1) throw new Error('again')
          }`,
      })
      const { lines } = await omakase(
        t,
        ['map', 'note.ts', '--range', '1..15', '--rate', '50/s', '--retries', '1', ...settings],
        { cwd },
      )
      assert.equal(lines.length, 15)
      const starts = readFileSync(join(cwd, 'starts.txt'), 'utf8').trimEnd().split('\n').map(Number)
      starts.sort((a, b) => a - b)
      assert.equal(starts.length, 18)
      // A late start may be followed by one in time, so it is the whole that is looked at: never more than the rate.
      for (const [n, at] of starts.entries())
        assert.ok(at - starts[0]! >= n * 20 - 25, `attempt ${n} began ${at - starts[0]!} ms after the first`)
    })
  }
})
