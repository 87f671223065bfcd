import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { MAIN, omakase, start } from '../cli/support/command.js'
import { folder } from '../cli/support/folder.js'
import { machine } from './support/machine.js'
import { picture } from './support/picture.js'
import { freePort, redis, withRedis } from './support/redis.js'

/** Ends when there is a file `go` in the folder of the run. */
function gated(t: TestContext) {
  const cwd = folder(t)
  const go = join(cwd, 'go')
  writeFileSync(
    join(cwd, 'gate.ts'),
    `import { existsSync } from 'node:fs'
export default async (n: number) => {
  while (n > 20 && !existsSync(${JSON.stringify(go)})) await new Promise(resolve => setTimeout(resolve, 10))
  if (n === 7) throw new Error('no')
  return n
}`,
  )
  return { cwd, open: () => writeFileSync(go, '') }
}

test('an empty cluster says how a machine joins it', withRedis, async t => {
  const { url } = await redis(t)
  const { stdout, code } = await omakase(t, ['cluster', url], { cwd: folder(t) })
  assert.equal(code, 0)
  assert.match(stdout, /0 machines/)
  assert.ok(stdout.includes(`no machine: on each that is to work, omakase worker ${url}`), stdout)
  assert.match(stdout, /no run/)
})

test('machines and runs tell of themselves, and are gone when they are', withRedis, async t => {
  const { url } = await redis(t)
  await machine(t, url, 'one')
  const two = await machine(t, url, 'two')
  const { cwd, open } = gated(t)
  const run = start(t, ['map', 'gate.ts', '--range', '1..60', '--on', url, '-o', 'out.jsonl'], { cwd })
  const { machines, runs, active } = await picture(t, url, ({ runs }) => runs[0]?.done === 20)
  assert.deepEqual(
    machines.map(({ name, silentMs }: any) => [name, silentMs]),
    [
      ['one', null],
      ['two', null],
    ],
  )
  const [{ name, failed, total, pid }] = runs
  assert.deepEqual([name, failed, total, pid], ['gate.ts', 1, 60, run.child.pid])
  assert.ok(active > 0)
  const text = await omakase(t, ['cluster', url], { cwd: folder(t) })
  assert.match(text.stdout, /^2 machines with \d+ cores {3}1 run {3}chunks: \d+ waiting, \d+ taken$/m)
  assert.match(text.stdout, /^one .* gate\.ts$/m)
  assert.match(text.stdout, /^gate\.ts +20 +60 +33 % .* 1 +0:\d\d /m)
  open()
  assert.equal((await run.ended).code, 1)
  two.child.kill('SIGTERM')
  await two.ended
  const after = await picture(t, url, () => true)
  assert.deepEqual([after.machines.length, after.runs], [1, []])
})

test('a machine that is killed is silent, since when by the clock of the engine', withRedis, async t => {
  const { url } = await redis(t)
  const victim = await machine(t, url, 'victim')
  await picture(t, url, ({ machines }) => machines.length === 1)
  victim.child.kill('SIGKILL')
  const { machines } = await picture(t, url, ({ machines }) => machines[0].silentMs !== null)
  assert.ok(machines[0].silentMs >= 5000)
  const { stdout } = await omakase(t, ['cluster', url], { cwd: folder(t) })
  assert.match(stdout, /^0 machines/m)
  assert.match(stdout, /^victim .* silent for \d/m)
})

test('--json --watch tells of each look in a line, until it is interrupted', withRedis, async t => {
  const { url } = await redis(t)
  const watching = start(t, ['cluster', url, '--json', '--watch'], { cwd: folder(t) })
  while (!watching.stdout.includes('\n')) await new Promise(go => setTimeout(go, 20))
  await machine(t, url, 'late')
  while (!watching.stdout.includes('"late"')) await new Promise(go => setTimeout(go, 20))
  watching.child.kill('SIGINT')
  const { code, stdout } = await watching.ended
  assert.equal(code, 0)
  const pictures = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  assert.deepEqual(pictures[0].machines, [])
  assert.equal(pictures.at(-1).machines[0].name, 'late')
  const refused = await omakase(t, ['cluster', url, '--watch'], { cwd: folder(t) })
  assert.equal(refused.code, 2)
  assert.match(refused.stderr, /^omakase: --watch: this is no terminal: add --json[^\n]*\n$/)
})

test('no Redis there is one line', async t => {
  const url = `redis://127.0.0.1:${await freePort()}`
  const { stderr, code } = await omakase(t, ['cluster', url], { cwd: folder(t) })
  assert.equal(code, 2)
  assert.match(stderr, /^omakase: .*redis:\/\/127.*\n$/)
})

const ESC = String.fromCharCode(27)
const CTRL_C = String.fromCharCode(3)
const hasScript = {
  skip: withRedis.skip || (spawnSync('script', ['--version']).status !== 0 && 'needs script'),
}

test(
  'on a terminal it goes on until Ctrl-C, within its width, and without colours if so asked',
  hasScript,
  async t => {
    const { url } = await redis(t)
    await machine(t, url, 'a-machine-with-a-name-that-is-much-too-long-for-a-row-of-eighty-columns')
    const line = `stty cols 80 rows 24; exec '${process.execPath}' '${MAIN}' cluster ${url}`
    const terminal = spawn('script', ['-qec', line, '/dev/null'], {
      env: { ...process.env, TERM: 'xterm', NO_COLOR: '1' },
    })
    t.after(() => terminal.kill('SIGKILL'))
    let text = ''
    let isPressed = false
    const ended = once(terminal, 'close')
    terminal.stdout.setEncoding('utf8').on('data', more => {
      text += more
      if (isPressed || !/a-machine-with.*no run/s.test(text)) return
      isPressed = true
      terminal.stdin.write(CTRL_C)
    })
    const [code] = await ended
    assert.equal(code, 0)
    const lines = text.replaceAll(new RegExp(`${ESC}\\[[?\\d;]*[A-Za-z]`, 'g'), '').split(/[\r\n]+/)
    assert.deepEqual(
      lines.filter(line => line.length > 80),
      [],
    )
    assert.doesNotMatch(text, new RegExp(`${ESC}\\[[\\d;]*m`))
  },
)
