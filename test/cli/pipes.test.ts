import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { MAIN, omakase, parsed, start } from './support/command.js'
import { folder } from './support/folder.js'
import { assertEachOnce, linesOf } from './support/journal.js'
import { linuxOnly, remaining } from './support/processes.js'

const unix = { skip: process.platform === 'win32' && 'needs a shell' }

/** Runs a line of shell in which `omakase` is the command; gives what it printed and the exit code of the command. */
async function shell(
  t: TestContext,
  line: string,
  cwd = folder(t),
): Promise<{ stdout: string; stderr: string; code: number; mark: string }> {
  const mark = `OMAKASE_TEST_MARK=${cwd}`
  const script = `omakase() { '${process.execPath}' '${MAIN}' "$@"; echo $? > code.txt; }\n${line}`
  const child = spawn('sh', ['-c', script], {
    cwd,
    env: { ...process.env, OMAKASE_TEST_MARK: cwd },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', text => {
    stderr += text
  })
  await once(child, 'close')
  const code = Number(execFileSync('cat', [join(cwd, 'code.txt')], { encoding: 'utf8' }))
  return { stdout, stderr, code, mark }
}

describe('in a pipe', { ...unix, concurrency: 3 }, () => {
  const endless: Record<string, string> = {
    'what yes prints': `yes | omakase map -e 's => s'`,
    'a range without end in sight': `omakase map -e 's => s' --range 1..9007199254740991`,
    'what yes prints, in processes': `yes | omakase map -e 's => s' --on processes --workers 2`,
    'what yes prints, in order': `yes | omakase map -e 's => s' --ordered`,
  }
  for (const [what, command] of Object.entries(endless)) {
    for (const lines of [1, 3]) {
      test(`head -${lines} ends a run over ${what}: quietly, with 141, and nothing left`, async t => {
        const { stdout, stderr, code, mark } = await shell(t, `${command} | head -${lines}`)
        assert.equal(parsed(stdout).length, lines)
        assert.deepEqual([stderr, code], ['', 141])
        if (process.platform === 'linux') assert.deepEqual(await remaining(mark), [])
      })
    }
  }

  test('a reader that is gone before the first line ends the run as well', async t => {
    const { stderr, code } = await shell(
      t,
      `omakase map -e 'async s => { await new Promise(r => setTimeout(r, 300)); return s }' --range 1..100000 | true`,
    )
    assert.deepEqual([stderr, code], ['', 141])
  })

  test('a standard error that nobody reads does not cost the results', async t => {
    const cwd = folder(t)
    const { code } = await shell(
      t,
      `omakase map -e 'n => { console.log("noise"); return n }' --range 1..5000 -o o.jsonl 2>&1 | head -1`,
      cwd,
    )
    assert.equal(code, 0)
    assertEachOnce(join(cwd, 'o.jsonl'), 5000)
  })

  test('a slow reader gets every line, and holds back what is begun', linuxOnly, async t => {
    const cwd = folder(t, {
      'fn.ts': `import { appendFileSync } from 'node:fs'
        export default (n: number) => {
          if (n % 100 === 0) appendFileSync('begun.txt', n + '\\n')
          return 'x'.repeat(10_000)
        }`,
    })
    const command = start(t, ['map', 'fn.ts', '--range', '0..9999'], { cwd })
    await command.prints(/./)
    command.child.stdout.pause()
    let [before, after] = [-1, 0]
    while (before !== after) {
      before = after
      await pause(300)
      after = linesIn(join(cwd, 'begun.txt'))
    }
    // A hundred megabytes come out in all; what is begun before somebody takes them is a few.
    assert.ok(after < 50, `${after * 100} items were begun with nobody reading`)
    command.child.stdout.resume()
    const { lines, code } = await command.ended
    assert.deepEqual([lines.length, code], [10_000, 0])
  })

  for (const on of ['auto', 'loop', 'processes']) {
    test(`each line is answered before the next one comes, on ${on}`, async t => {
      const command = start(t, ['map', '-e', 'async s => s.toUpperCase()', '--raw', '--on', on], {
        cwd: folder(t),
      })
      for (const word of ['one', 'two', 'three', 'four', 'five']) {
        command.child.stdin.write(`${word}\n`)
        await command.prints(new RegExp(`^${word.toUpperCase()}$`, 'm'))
      }
      command.child.stdin.end()
      const { stdout, code } = await command.ended
      assert.deepEqual([stdout, code], ['ONE\nTWO\nTHREE\nFOUR\nFIVE\n', 0])
    })
  }

  test('lines that come one by one for longer are answered one by one (slow)', async t => {
    const command = start(t, ['map', '-e', 'n => n * 2', '--jsonl', '--raw'], { cwd: folder(t) })
    for (let n = 1; n <= 200; n++) {
      command.child.stdin.write(`${n}\n`)
      await command.prints(new RegExp(`^${2 * n}$`, 'm'))
    }
    command.child.stdin.end()
    assert.equal((await command.ended).code, 0)
  })

  test('an input that is closed in the middle of a line is read to its end', async t => {
    const { stdout, code } = await shell(t, `printf 'a\\nb' | omakase map -e 's => s' --raw --ordered`)
    assert.deepEqual([stdout, code], ['a\nb\n', 0])
  })

  test('a run may read what another one writes', async t => {
    const { stdout, code } = await shell(
      t,
      `'${process.execPath}' '${MAIN}' map -e 'n => n + 1' --range 1..5000 --raw 2>/dev/null | omakase map -e 'n => n * 2' --jsonl --raw | awk '{ sum += $1 } END { print sum }'`,
    )
    assert.deepEqual([stdout, code], [`${2 * ((5000 * 5001) / 2 + 5000)}\n`, 0])
  })

  test('a full disk is one line and exit code 1, wherever the lines go', linuxOnly, async t => {
    for (const to of ['> /dev/full', '-o /dev/full']) {
      const { stderr, code, mark } = await shell(t, `omakase map -e 's => s' --range 1..100000 ${to}`)
      assert.match(
        stderr,
        /^omakase: (standard output|\/dev\/full) cannot be written: there is no space left on the disk; .*\n$/,
      )
      assert.equal(code, 1)
      assert.deepEqual(await remaining(mark), [])
    }
  })

  test('a full disk that is empty again is no loss: --resume goes on', { ...linuxOnly }, async t => {
    const cwd = folder(t)
    // A file that may not grow any further is what a full disk looks like without one.
    const { code, stderr } = await shell(
      t,
      `trap '' XFSZ; ulimit -f 4; omakase map -e 's => s' --range 1..20000 -o o.jsonl`,
      cwd,
    )
    assert.equal(code, 1, stderr)
    assert.match(stderr, /^omakase: .*o\.jsonl cannot be written: the file has reached the largest size/m)
    const kept = linesOf(join(cwd, 'o.jsonl')).length
    assert.ok(kept > 0 && kept < 20_000, `${kept} lines`)
    const again = ['map', '-e', 's => s', '--range', '1..20000', '-o', 'o.jsonl', '--resume']
    assert.equal((await omakase(t, again, { cwd })).code, 0)
    assertEachOnce(join(cwd, 'o.jsonl'), 20_000)
  })

  test('a file on standard input is not overwritten', async t => {
    const cwd = folder(t, { 'in.txt': 'a\nb\n' })
    const { stdout, stderr, code } = await shell(
      t,
      `omakase map -e 's => s' -o in.txt --force < in.txt; cat in.txt`,
      cwd,
    )
    assert.equal(stderr, 'omakase: in.txt is read as input: name another file after -o\n')
    assert.deepEqual([stdout, code], ['a\nb\n', 2])
  })

  test('a named pipe is read and written', async t => {
    const cwd = folder(t)
    execFileSync('mkfifo', ['in', 'out'], { cwd })
    const { stdout, code } = await shell(
      t,
      `cat out & seq 1 100 > in & omakase map -e 's => s' in -o out --raw --ordered; wait`,
      cwd,
    )
    assert.deepEqual([stdout.split('\n').length, code], [101, 0])
  })
})

function linesIn(file: string): number {
  return Number(execFileSync('wc', ['-l', file], { encoding: 'utf8' }).trim().split(' ')[0])
}
