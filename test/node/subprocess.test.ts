import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { test } from 'node:test'
import { all, type Body, forEach, run, scope, sleep } from 'omakase'
import { type Completed, SubprocessError, subprocess } from 'omakase/node'
import { gone, linuxOnly, mark, processesWith, until } from './support/processes.js'
import { thrown } from './support/thrown.js'

function node(code: string, ...args: string[]): [string, string[]] {
  return [process.execPath, ['-e', code, '--', ...args]]
}

test('a subprocess gives what it wrote, less the last newline, and how it ended', async () => {
  const done = await run(() => subprocess('sh', ['-c', 'echo out; echo; echo err >&2']))
  const { stdout, stderr, exitCode, signal, command, parts } = done
  assert.deepEqual(
    { stdout, stderr, exitCode, signal, command },
    {
      stdout: 'out\n',
      stderr: 'err',
      exitCode: 0,
      signal: null,
      command: "sh -c 'echo out; echo; echo err >&2'",
    },
  )
  assert.equal(Buffer.from(done.bytes).toString(), 'out\n\n')
  assert.equal(parts.length, 1)
  assert.equal(parts[0]!.pid, done.pid)
})

test('it can be awaited from async code', async () => {
  assert.equal((await subprocess('echo', ['hello'])).stdout, 'hello')
})

test('bytes arrive as they are', async () => {
  const input = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
  const { bytes } = await run(() => subprocess('cat', [], { input }))
  assert.deepEqual(Buffer.from(bytes), input)
})

test('its standard input is empty unless something is given', async () => {
  assert.equal((await subprocess('cat')).stdout, '')
  assert.equal((await subprocess('cat', [], { stdin: 'pipe' })).stdout, '')
})

test('input comes from text, bytes, iterables, async iterables and receivers', async () => {
  async function* later() {
    yield 'a'
    yield Buffer.from('b')
  }
  for (const input of ['ab', Buffer.from('ab'), ['a', 'b'], later()])
    assert.equal((await subprocess('cat', [], { input })).stdout, 'ab')
})

test('cwd and env are its own, and a variable can be taken away', async () => {
  const [command, args] = node('console.log(process.cwd(), process.env.MINE, process.env.HOME)')
  const { stdout } = await subprocess(command, args, { cwd: '/', env: { MINE: 'yes', HOME: undefined } })
  assert.equal(stdout, '/ yes undefined')
})

test('outputs can be appended to a file, and ignored', async t => {
  const folder = await mkdtemp('/tmp/omakase-')
  t.after(() => rm(folder, { recursive: true }))
  const file = `${folder}/log`
  for (const text of ['one', 'two']) {
    const { stdout, stderr } = await subprocess('sh', ['-c', `echo ${text}; echo ${text} >&2`], {
      stdout: { file },
      stderr: 'ignore',
    })
    assert.deepEqual([stdout, stderr], ['', ''])
  }
  assert.equal(await readFile(file, 'utf8'), 'one\ntwo\n')
})

test('an exit code other than 0 is thrown with the last line of its standard error', async () => {
  const task = run(() => subprocess('sh', ['-c', 'echo first >&2; echo "it is full" >&2; exit 3']))
  const error = await thrown(task, /exited with code 3: it is full$/)
  assert.ok(error instanceof SubprocessError)
  assert.equal(error.status!.exitCode, 3)
  assert.equal(error.status!.stderr, 'first\nit is full')
})

test('death by a signal is thrown', async () => {
  await thrown(subprocess('sh', ['-c', 'kill -9 $$']), /was killed by SIGKILL$/)
})

test('with check: false it is only told', async () => {
  const ended: Completed[] = [
    await subprocess('sh', ['-c', 'exit 3'], { check: false }),
    await subprocess('sh', ['-c', 'kill -9 $$'], { check: false }),
  ]
  assert.deepEqual(
    ended.map(({ exitCode, signal }) => [exitCode, signal]),
    [
      [3, null],
      [null, 'SIGKILL'],
    ],
  )
})

test('no shell is between, unless asked for', async () => {
  assert.equal((await subprocess('echo', ['$((1+1)) `id` | cat'])).stdout, '$((1+1)) `id` | cat')
  assert.equal((await subprocess('echo $((1+1)) | cat', [], { shell: true })).stdout, '2')
  assert.throws(() => subprocess('echo', ['a'], { shell: true }), /takes one line and no arguments/)
})

test('a cancellation asks it to end, and waits for that', linuxOnly, async t => {
  const text = mark()
  const file = `/tmp/omakase-${text}`
  t.after(() => rm(file, { force: true }))
  const script = `trap 'sleep 0.1; echo cleaned > ${file}; exit 0' TERM; sleep ${text} & wait`
  const task = run(() => subprocess('sh', ['-c', script]))
  assert.ok(await until(() => processesWith(`sleep\0${text}`).length > 0))
  task.cancel()
  assert.equal((await task.settled()).status, 'cancelled')
  assert.equal(await readFile(file, 'utf8'), 'cleaned\n')
  assert.ok(await gone(text))
})

test('one that ignores SIGTERM gets SIGKILL when its grace is over', linuxOnly, async () => {
  const text = mark()
  const script = `trap '' TERM; while :; do sleep ${text}; done`
  const task = run(() => subprocess('sh', ['-c', script], { grace: 50 }))
  assert.ok(await until(() => processesWith(text).length > 0))
  task.cancel()
  assert.equal((await task.settled()).status, 'cancelled')
  assert.ok(await until(() => processesWith(text).length === 0))
})

test('a scope that abandons its cleanup kills it all the same', linuxOnly, async () => {
  const text = mark()
  const script = `trap '' TERM; while :; do sleep ${text}; done`
  const body: Body<unknown> = () => scope(() => subprocess('sh', ['-c', script]), { grace: 50 })
  const task = run(body)
  assert.ok(await until(() => processesWith(text).length > 0))
  task.cancel()
  assert.equal((await task.settled()).status, 'failed')
  assert.ok(await until(() => processesWith(text).length === 0))
})

test('what it has started and left behind ends with it', linuxOnly, async () => {
  const text = mark()
  const { stdout } = await subprocess('sh', ['-c', `sleep ${text} & echo started`])
  assert.equal(stdout, 'started')
  assert.ok(await until(() => processesWith(text).length === 0))
})

test('one that left its group and holds the output open holds nobody up', linuxOnly, async () => {
  const text = mark()
  const { stdout } = await subprocess('sh', ['-c', `setsid sleep ${text} & sleep 0.3; echo started`])
  assert.equal(stdout, 'started')
  for (const pid of processesWith(text)) process.kill(pid)
})

test('a sibling that fails stops it', linuxOnly, async () => {
  const text = mark()
  const task = run(() =>
    all([
      () => subprocess('sleep', [text]),
      function* () {
        yield* sleep(50)
        throw new Error('sibling')
      },
    ]),
  )
  await thrown(task, /sibling/)
  assert.deepEqual(processesWith(text), [])
})

test('forEach runs them at its concurrency', async () => {
  const seen: string[] = []
  await run(() =>
    forEach(
      ['a', 'b', 'c', 'd'],
      function* (item) {
        seen.push((yield* subprocess('echo', [item])).stdout)
      },
      { concurrency: 2 },
    ),
  )
  assert.deepEqual(seen.sort(), ['a', 'b', 'c', 'd'])
})

test('used twice it is a UsageError that says so', async () => {
  const once = subprocess('true')
  await once
  await thrown(once, /was used twice/)
  assert.throws(() => once.start(), /`true` was used twice; call subprocess\(…\) for each/)
})
