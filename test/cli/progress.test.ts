import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { bar } from '#src/cli/bar.js'
import { MAIN, omakase, start } from './support/command.js'
import { folder } from './support/folder.js'
import { linesOf } from './support/journal.js'

/** Ends when there is a file `go`. */
const GATE = `import { existsSync } from 'node:fs'
export default async (n: number) => {
  while (n > 20 && !existsSync('go')) await new Promise(resolve => setTimeout(resolve, 5))
  if (n === 7) throw new Error('no')
  return n
}`

const hasScript = { skip: spawnSync('script', ['--version']).status !== 0 && 'needs script of util-linux' }

/** Runs the command on a terminal of its own, of so many columns; its output is what the terminal was sent. */
class Terminal {
  private readonly child
  readonly ended: Promise<void>
  text = ''

  constructor(
    t: TestContext,
    command: string,
    cwd: string,
    env: Readonly<Record<string, string>> = {},
    size = 'cols 100 rows 30',
  ) {
    const line = `stty ${size}; exec '${process.execPath}' '${MAIN}' ${command}`
    this.child = spawn('script', ['-qec', line, '/dev/null'], {
      cwd,
      env: { ...process.env, TERM: 'xterm', ...env },
    })
    t.after(() => this.child.kill('SIGKILL'))
    this.child.stdout.setEncoding('utf8').on('data', text => {
      this.text += text
    })
    this.ended = once(this.child, 'close').then(() => {})
  }

  async shows(expected: RegExp): Promise<void> {
    while (!expected.test(this.text)) {
      assert.equal(this.child.exitCode, null, `it ended without:\n${JSON.stringify(this.text)}`)
      await pause(5)
    }
  }

  press(key: string): void {
    this.child.stdin.write(key)
  }

  get exitCode(): number | null {
    return this.child.exitCode
  }
}

describe('on a terminal', { ...hasScript, concurrency: 3 }, () => {
  test('a bar shows what is done, the share, the failed, and the plan; and is gone at the end', async t => {
    const cwd = folder(t, { 'fn.ts': GATE })
    const terminal = new Terminal(t, 'map fn.ts --range 1..40 --concurrency 4 -o o.jsonl', cwd)
    await terminal.shows(/━.* {2}20 of 40 {2}50 % .*1 failed {2}loop/)
    writeFileSync(join(cwd, 'go'), '')
    await terminal.ended
    assert.match(terminal.text, /\n?40 items in .* 39 ok {3}1 failed/)
    const last = terminal.text.slice(terminal.text.lastIndexOf('━'))
    // The line is wiped, and the cursor is there again.
    assert.match(last, new RegExp(`${ESC}\\[(2?K|0?K|J|0J|G).*40 items in`, 's'))
    assert.ok(terminal.text.lastIndexOf(`${ESC}[?25h`) > terminal.text.lastIndexOf(`${ESC}[?25l`))
    assert.equal(linesOf(join(cwd, 'o.jsonl')).length, 40)
  })

  test('no frame is wider than the terminal', async t => {
    const cwd = folder(t, { 'fn.ts': GATE })
    const terminal = new Terminal(t, 'map fn.ts --range 1..40 -o o.jsonl', cwd, {}, 'cols 40 rows 30')
    await terminal.shows(/20 of 40/)
    writeFileSync(join(cwd, 'go'), '')
    await terminal.ended
    const frames = plain(terminal.text.slice(0, terminal.text.indexOf('40 items in'))).split(/[\r\n]+/)
    assert.deepEqual(
      frames.filter(frame => frame.length > 40),
      [],
    )
  })

  test('where it is narrow, what does not fit is left out whole, and the answer to a Ctrl-C stays', () => {
    const snapshot = { done: 686, failed: 1, total: 900, perSecond: 111, plan: '2 processes', stage: 0 }
    assert.equal(bar(snapshot, 50, false), '686 of 900  76 %  111/s  0:02 left  1 failed')
    assert.equal(bar(snapshot, 30, false), '686 of 900  76 %  111/s')
    assert.match(
      bar({ ...snapshot, stage: 2 }, 50, false),
      /^686 of 900 {2}76 % {2}cancelling \(Ctrl-C again: kill\)$/,
    )
  })

  test('NO_COLOR takes the colours away, and nothing else', async t => {
    const cwd = folder(t, { 'fn.ts': GATE })
    const terminal = new Terminal(t, 'map fn.ts --range 1..40 -o o.jsonl', cwd, { NO_COLOR: '1' })
    await terminal.shows(/━.*20 of 40/)
    writeFileSync(join(cwd, 'go'), '')
    await terminal.ended
    assert.doesNotMatch(terminal.text, new RegExp(`${ESC}\\[[0-9;]*m`))
  })

  test('what the function prints stands above the bar, on lines of its own', async t => {
    const cwd = folder(t, { 'fn.ts': GATE.replace('return n', "console.log('done with ' + n)\n  return n") })
    const terminal = new Terminal(t, 'map fn.ts --range 1..40 --concurrency 4 -o o.jsonl', cwd)
    await terminal.shows(/20 of 40/)
    writeFileSync(join(cwd, 'go'), '')
    await terminal.ended
    const lines = plain(terminal.text).split(/[\r\n]+/)
    for (let n = 21; n <= 40; n++) assert.ok(lines.includes(`done with ${n}`), JSON.stringify(lines))
  })

  test('Ctrl-C shows what a second one would do', async t => {
    const cwd = folder(t, { 'fn.ts': GATE })
    const terminal = new Terminal(t, 'map fn.ts --range 1..40 --concurrency 4 -o o.jsonl', cwd)
    await terminal.shows(/20 of 40/)
    terminal.press(CTRL_C)
    await terminal.shows(/letting what runs end \(Ctrl-C again: cancel it\)/)
    terminal.press(CTRL_C)
    await terminal.ended
    assert.equal(terminal.exitCode, 130)
    assert.match(terminal.text, /go on +the same command with --resume/)
  })

  test('a terminal without a size, or one that cannot move its cursor, gets no bar', async t => {
    const sizeless = folder(t, { 'fn.ts': GATE, go: '' })
    const terminal = new Terminal(t, 'map fn.ts --range 1..40 -o o.jsonl', sizeless, {}, 'cols 0 rows 0')
    await terminal.ended
    assert.doesNotMatch(terminal.text, new RegExp(ESC))
    const dumb = folder(t, { 'fn.ts': GATE, go: '' })
    const other = new Terminal(t, 'map fn.ts --range 1..40 -o o.jsonl', dumb, { TERM: 'dumb' })
    await other.ended
    assert.doesNotMatch(other.text, new RegExp(ESC))
    assert.match(other.text, /40 items in/)
  })
})

describe('elsewhere', { concurrency: 3 }, () => {
  test('there is a line every ten seconds, and no escape sequence (slow)', async t => {
    const cwd = folder(t, { 'fn.ts': GATE })
    const command = start(t, ['map', 'fn.ts', '--range', '1..40', '--concurrency', '4', '-o', 'o.jsonl'], {
      cwd,
    })
    await command.says(/^omakase: 20 of 40 {2}50 % {2}[\d.]+\/(s|min) {2}\d+:\d\d left {2}1 failed {2}loop/m)
    writeFileSync(join(cwd, 'go'), '')
    const { stderr, stdout, code } = await command.ended
    assert.deepEqual([stdout, code], ['', 1])
    assert.doesNotMatch(stderr, new RegExp(ESC))
    assert.doesNotMatch(stderr, /0\.0\/min/)
  })

  test('a pipe of inputs has a rate and no share or time left (slow)', async t => {
    const cwd = folder(t)
    const command = start(t, ['map', '-e', 'n => n'], { cwd })
    command.child.stdin.write('a\nb\nc\n')
    await command.says(/^omakase: 3 done {2}[\d.]+\/(s|min) {2}/m)
    command.child.stdin.end()
    const { stderr } = await command.ended
    assert.doesNotMatch(stderr, / left | % /)
  })

  test('the summary tells items, failures by kind, the plan and why', async t => {
    const code = `n => {
      if (n === 3) throw new TypeError('no')
      if (n === 4) throw Object.assign(new Error('no'), { status: 500 })
      return n
    }`
    const { stderr } = await omakase(t, ['map', '-e', code, '--range', '1..100', '-o', 'o.jsonl'], {
      cwd: folder(t),
    })
    assert.match(stderr, /^100 items in .* {3}98 ok {3}2 failed/m)
    assert.match(
      stderr,
      /^failed {3}1 TypeError, 1 HTTP 500 {3}\(again: the same command with --resume --retry-failed\)$/m,
    )
    assert.match(stderr, /^plan {5}\S/m)
    assert.match(stderr, /^why {6}\S/m)
  })
})

describe('--report, --ordered and --max-failures', { concurrency: 3 }, () => {
  test('the report of a run that was stopped tells what had been done', async t => {
    const cwd = folder(t, { 'fn.ts': GATE })
    const args = [
      'map',
      'fn.ts',
      '--range',
      '1..40',
      '--concurrency',
      '4',
      '-o',
      'o.jsonl',
      '--report',
      'r.json',
    ]
    const command = start(t, args, { cwd })
    while (linesOf(join(cwd, 'o.jsonl')).length < 20) await pause(5)
    command.interrupt()
    await command.says(/letting what runs end/)
    writeFileSync(join(cwd, 'go'), '')
    assert.equal((await command.ended).code, 130)
    const report = JSON.parse(readFileSync(join(cwd, 'r.json'), 'utf8'))
    assert.deepEqual(report.items, { ok: 23, failed: 1, skipped: 0 })
    assert.deepEqual(report.failures, { Error: 1 })
  })

  test('a report that could not be written is refused before anything runs', async t => {
    const cwd = folder(t, { 'sub/a': '' })
    const run = (report: string) =>
      omakase(t, ['map', '-e', 'n => n', '--range', '1..9', '-o', 'o.jsonl', '--report', report], { cwd })
    const missing = await run('no/r.json')
    assert.match(missing.stderr, /^omakase: there is no folder no for no\/r\.json: .*mkdir -p no\n$/)
    const inPlace = await run('sub')
    assert.match(
      inPlace.stderr,
      /^omakase: sub is a folder: name a file in it, such as --report sub\/report\.json\n$/,
    )
    assert.deepEqual([missing.code, inPlace.code], [2, 2])
    assert.equal(existsSync(join(cwd, 'o.jsonl')), false)
  })

  test('a report for which there is no space is one line; the results are there', {
    skip: !existsSync('/dev/full'),
  }, async t => {
    const cwd = folder(t)
    const args = ['map', '-e', 'n => n', '--range', '1..9', '-o', 'o.jsonl', '--report', '/dev/full']
    const { code, stderr } = await omakase(t, args, { cwd })
    assert.equal(code, 1)
    assert.match(stderr, /^omakase: \/dev\/full cannot be written: there is no space left on the disk; /m)
    assert.doesNotMatch(stderr, /^ +at /m)
    assert.equal(linesOf(join(cwd, 'o.jsonl')).length, 9)
  })

  test('--ordered waits for the retries of an item before it writes those after it', async t => {
    const code = `async (n, { attempt }) => {
      if (n % 7 === 0 && attempt < 3) throw new Error('again')
      if (n % 5 === 0) await new Promise(resolve => setTimeout(resolve, 10))
      return attempt
    }`
    const { lines, code: exit } = await omakase(
      t,
      ['map', '-e', code, '--range', '0..199', '--ordered', '--retries', '2'],
      { cwd: folder(t) },
    )
    assert.equal(exit, 0)
    assert.deepEqual(
      lines.map(({ index, output }) => [index, output]),
      Array.from({ length: 200 }, (_, n) => [n, n % 7 === 0 ? 3 : 1]),
    )
  })

  test('--max-failures counts failed items, not attempts, and the file can be gone on with', async t => {
    const cwd = folder(t)
    const code = `async (n, { attempt }) => {
      if (process.env.GOOD === undefined && (n % 10 === 0 || attempt === 1)) throw new Error('no')
      return n
    }`
    const args = ['map', '-e', code, '--range', '0..999', '--retries', '1', '-o', 'o.jsonl']
    const first = await omakase(t, [...args, '--max-failures', '2'], { cwd })
    assert.equal(first.code, 1)
    const lines = linesOf(join(cwd, 'o.jsonl'))
    assert.equal(lines.filter(({ error }) => error !== undefined).length, 2)
    assert.match(first.stderr, /^go on +the same command with --resume/m)
    const again = await omakase(t, [...args, '--resume', '--retry-failed'], { cwd, env: { GOOD: 'yes' } })
    assert.equal(again.code, 0)
    assert.equal(linesOf(join(cwd, 'o.jsonl')).length, 1000)
  })
})

const ESC = '\u001b'
const CTRL_C = '\u0003'

/** As a person reads it. */
function plain(text: string): string {
  return text.replace(new RegExp(`${ESC}\\[[0-9;?]*[A-Za-z]`, 'g'), '')
}
