import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { helpers } from '#src/map/exec/helper.js'
import { omakase, outputs, sorted, start } from './support/command.js'
import { folder } from './support/folder.js'
import { assertEachOnce, linesOf, notes } from './support/journal.js'
import { linuxOnly, processesWith, remaining } from './support/processes.js'

describe('--exec', { concurrency: 3 }, () => {
  test('runs a command for each input; positionals are the inputs', async t => {
    const run = await omakase(t, ['map', '--exec', 'echo a{}b "{} c"', 'x', "y  'z", '$(id)'], {
      cwd: folder(t),
    })
    assert.equal(run.code, 0)
    assert.deepEqual(outputs(run), ['axb x c', "ay  'zb y  'z c", 'a$(id)b $(id) c'])
  })

  test('appends the input where there is no {}', async t => {
    const run = await omakase(t, ['map', '--exec', 'printf "<%s>" one'], {
      cwd: folder(t),
      input: 'a b\n;c\n',
    })
    assert.deepEqual(outputs(run), ['<one><a b>', '<one><;c>'])
  })

  test('takes its inputs from anywhere, as text or as JSON', async t => {
    const cwd = folder(t, { 'a.jsonl': '{"a":[1]}\n"s"\n7\n' })
    const input = await omakase(t, ['map', '--exec', 'echo', '--range', '1..2'], { cwd })
    assert.deepEqual(outputs(input), ['1', '2'])
    const json = await omakase(t, ['map', '--exec', 'echo', '--jsonl'], {
      cwd,
      input: readFileSync(join(cwd, 'a.jsonl')),
    })
    assert.deepEqual(outputs(json), ['{"a":[1]}', 's', '7'])
  })

  test('--shell gives the command to a shell as it is, and the input as $1', async t => {
    const run = await omakase(t, ['map', '--exec', 'echo {} "$1" | tr a-z A-Z', '--shell', "a 'b"], {
      cwd: folder(t),
    })
    assert.deepEqual(outputs(run), ["{} A 'B"])
  })

  test('the output is what it prints less one newline, and its standard input is empty', async t => {
    const run = await omakase(t, ['map', '--exec', 'cat; printf "a\\n\\n"', '--shell', 'x'], {
      cwd: folder(t),
      input: 'not this',
    })
    assert.deepEqual(outputs(run), ['a\n'])
    const raw = await omakase(t, ['map', '--exec', 'echo', '--raw', 'x'], { cwd: folder(t) })
    assert.equal(raw.stdout, 'x\n')
  })

  test('one that fails has its exit code, its signal and its last words', async t => {
    const code = 'case $1 in a) echo no >&2; exit 3;; b) kill -9 $$;; esac'
    const run = await omakase(t, ['map', '--exec', code, '--shell', 'a', 'b', 'c'], { cwd: folder(t) })
    assert.equal(run.code, 1)
    const [a, b, c] = sorted(run.lines)
    assert.deepEqual(
      [a, b].map(line => [line!.error!.name, line!.error!.code, line!.error!.signal, line!.error!.stderr]),
      [
        ['CommandError', 3, null, 'no\n'],
        ['CommandError', null, 'SIGKILL', ''],
      ],
    )
    assert.match(a!.error!.message, /exited with code 3: no$/)
    assert.equal(c!.output, '')
    assert.match(run.stderr, /^no$/m)
  })

  test('what cannot be an argument fails alone', async t => {
    const run = await omakase(t, ['map', '--exec', 'echo', '--jsonl'], {
      cwd: folder(t),
      input: `"a\\u0000b"\n"${'x'.repeat(300_000)}"\n"ok"\n`,
    })
    const [nul, long, ok] = sorted(run.lines)
    assert.match(nul!.error!.message, /NUL/)
    assert.equal(long!.error!.code, 'E2BIG')
    assert.equal(ok!.output, 'ok')
  })

  for (const [args, expected] of [
    [['--exec', 'gzip "{}', 'x'], /the quote " at character 6 is never closed/],
    [['--exec', '  ', 'x'], /--exec got no command/],
    [['--exec', 'no-such-command-here {}', 'x'], /no such command: no-such-command-here/],
    [['--exec', './plain', 'x'], /not executable: chmod \+x/],
    [['--exec', 'echo', '-e', 'x => x'], /-e is a function and --exec a command/],
    [['--exec', 'echo', '--on', 'threads', 'x'], /--on threads: a command is a process/],
    [['--exec', 'echo', '--batch', '3', 'x'], /--batch 3: each command gets one input/],
    [['--exec', 'echo', 'x', '--args', 'y'], /positionals are the inputs/],
    [['--shell', 'x.ts'], /--shell is for --exec/],
  ] as const) {
    test(`${args.join(' ')} is refused in one line`, async t => {
      const cwd = folder(t, { plain: '' })
      const run = await omakase(t, ['map', ...args], { cwd })
      assert.equal(run.code, 2)
      assert.match(run.stderr, expected)
      assert.equal(run.stderr.trim().split('\n').length, 1)
    })
  }

  test('--timeout ends the command with all that it started', linuxOnly, async t => {
    const command = start(t, ['map', '--exec', 'sleep 60 | sleep 60', '--shell', '--timeout', '200ms', 'x'], {
      cwd: folder(t),
    })
    command.child.stdin.end()
    const run = await command.ended
    assert.equal(run.lines[0]!.error!.name, 'TimeoutError')
    assert.deepEqual(await remaining(command.mark), [])
  })

  test('one that does not hear SIGTERM is killed', async t => {
    const run = await omakase(
      t,
      ['map', '--exec', `trap '' TERM; while :; do sleep 0.1; done`, '--shell', '--timeout', '200ms', 'x'],
      { cwd: folder(t) },
    )
    assert.equal(run.lines[0]!.error!.name, 'TimeoutError')
  })

  test('what a command leaves behind ends with it, and keeps nobody waiting', linuxOnly, async t => {
    const command = start(t, ['map', '--exec', 'sleep 60 & echo "$1"', '--shell', 'x', 'y'], {
      cwd: folder(t),
    })
    command.child.stdin.end()
    assert.deepEqual(outputs(await command.ended), ['x', 'y'])
    assert.deepEqual(await remaining(command.mark), [])
  })

  test('--retries runs it again', async t => {
    const cwd = folder(t)
    const code = `echo x >> "$1"; test $(wc -l < "$1") -eq 3 && echo done`
    const run = await omakase(t, ['map', '--exec', code, '--shell', '--retries', '3', 'notes'], { cwd })
    assert.deepEqual(outputs(run), ['done'])
    assert.equal(run.lines[0]!.attempts, 3)
  })

  test('--workers is how many run at once', async t => {
    const cwd = folder(t)
    const code = `mkdir lock && sleep 0.02 && rmdir lock`
    const run = await omakase(t, ['map', '--exec', code, '--shell', '--workers', '1', '--range', '1..10'], {
      cwd,
    })
    assert.equal(run.code, 0)
    assert.match(run.stderr, /--workers 1 was asked for/)
  })

  test('commands that wait run many at once', async t => {
    const cwd = folder(t)
    const report = join(cwd, 'report.json')
    await omakase(t, ['map', '--exec', 'sleep 0.3', '--shell', '--range', '1..60', '--report', report], {
      cwd,
    })
    const { plan, reason } = JSON.parse(readFileSync(report, 'utf8'))
    assert.equal(plan.executor, 'processes')
    assert.ok(plan.workers > 4, `only ${plan.workers} at once`)
    assert.match(reason, /it waits/)
  })

  for (const signal of ['SIGINT', 'SIGKILL'] as const) {
    test(`--resume goes on after ${signal}; nothing is left running`, linuxOnly, async t => {
      const cwd = folder(t)
      const args = [
        'map',
        '--exec',
        'sleep 0.05; echo "$1" >> ran',
        '--shell',
        '--range',
        '0..39',
        '-o',
        'out',
      ]
      const first = start(t, args, { cwd })
      first.child.stdin.end()
      while (linesOf(join(cwd, 'out')).length < 5) await new Promise(resolve => setTimeout(resolve, 5))
      first.child.kill(signal)
      await first.ended
      assert.deepEqual(await remaining(first.mark), [])
      const { code } = await omakase(t, [...args, '--resume'], { cwd })
      assert.equal(code, 0)
      assertEachOnce(join(cwd, 'out'), 40)
      if (signal === 'SIGINT') assert.equal(notes(join(cwd, 'ran')).length, 40)
    })
  }

  const bySpawner = {
    skip: linuxOnly.skip || (helpers().length === 0 && 'nothing is here that starts commands'),
  }
  test('goes on where the process is killed that starts the commands', bySpawner, async t => {
    const cwd = folder(t)
    const args = ['map', '--exec', 'sleep 0.05; echo "$1"', '--shell', '--range', '0..39', '-o', 'out']
    const command = start(t, args, { cwd })
    command.child.stdin.end()
    while (linesOf(join(cwd, 'out')).length < 5) await new Promise(resolve => setTimeout(resolve, 5))
    const [spawner] = processesWith(command.mark).filter(isSpawner)
    process.kill(Number(spawner), 'SIGKILL')
    const { code } = await command.ended
    assert.equal(code, 0)
    assertEachOnce(join(cwd, 'out'), 40)
    assert.deepEqual(await remaining(command.mark), [])
  })

  test('a second Ctrl-C cancels what runs', async t => {
    const cwd = folder(t)
    const command = start(
      t,
      [
        'map',
        '--exec',
        'trap "echo ended > ended; exit 1" TERM; touch begun; sleep 60 & wait',
        '--shell',
        'x',
      ],
      { cwd },
    )
    command.child.stdin.end()
    while (!existsSync(join(cwd, 'begun'))) await new Promise(resolve => setTimeout(resolve, 5))
    command.interrupt()
    await command.says(/cancel it/)
    command.interrupt()
    const { code, lines } = await command.ended
    assert.equal(code, 130)
    assert.deepEqual(lines, [])
    assert.ok(existsSync(join(cwd, 'ended')))
  })
})

function isSpawner(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('omakase: starts the commands')
  } catch {
    // A command that has ended meanwhile.
    return false
  }
}
