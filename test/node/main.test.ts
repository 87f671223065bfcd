import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { UsageError } from 'omakase'
import { main, signals } from 'omakase/node'
import { linuxOnly, mark, processesWith, until } from './support/processes.js'
import { program } from './support/program.js'

const ends: [kind: string, code: number, stdout: string, stderr: RegExp][] = [
  ['value', 0, '', /^$/],
  ['exit code', 7, '', /^$/],
  ['left timers', 0, 'done\n', /^$/],
  ['fails', 1, 'ready\ncleaned\n', /TypeError: no good[\s\S]*\[cause\]: Error: the cause/],
  ['fails with text', 1, '', /^thrown: 'just text'\n$/],
  ['fails with what cannot be shown', 1, '', /^Error: hidden\n/],
  ['fails with a proxy that was revoked', 1, '', /^thrown: .+\n$/],
  ['is no body', 1, '', /UsageError: 5 is no body; give a function/],
  ['uncaught', 1, 'ready\ncleaned\n', /^Error: a stray error\n/],
  ['uncaught undefined', 1, 'ready\ncleaned\n', /^thrown: undefined\n$/],
  ['rejection', 1, 'ready\ncleaned\n', /^Error: a stray rejection\n/],
  ['another root', 1, 'ready\ncleaned\n', /^Error: another root failed\n/],
  ['uncaught late', 1, '', /^Error: a late error\n/],
  ['twice', 1, 'ready\ncleaned\n', /main was called twice; a program has one main/],
  ['inside', 1, '', /main was called inside of a task; call it once, at the top/],
  ['a signal before its first step', 143, 'ready\ncleaned\n', /^$/],
  ['a signal in the first step', 130, 'ready\ncleaned\n', /^$/],
  ['a signal while it starts children', 143, 'ready\ncleaned\n', /^$/],
  ['a signal while it starts a process', 143, 'ready\ncleaned\n', /^$/],
  ['deadlock', 1, 'ready\ncleaned\n', /DeadlockError[\s\S]*can never end[\s\S]*waits on receive/],
]
for (const [kind, code, stdout, stderr] of ends) {
  test(`main, ${kind}: exit code ${code}`, async () => {
    const end = await program(kind).ended
    assert.deepEqual([end.code, end.signal, end.stdout], [code, null, stdout])
    assert.match(end.stderr, stderr)
  })
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  test(`${signal} cancels main, and gives exit code ${code}`, async () => {
    for (const kind of ['waits', 'waits in tasks']) {
      const running = program(kind)
      await running.says('ready')
      running.kill(signal)
      const end = await running.ended
      assert.deepEqual([end.code, end.stdout, end.stderr], [code, 'ready\ncleaned\n', ''])
    }
  })
}

test('an async main gets its signal aborted', async () => {
  const running = program('waits in an async function')
  await running.says('ready')
  running.kill('SIGINT')
  assert.deepEqual(await running.ended, { code: 130, signal: null, stdout: 'ready\n', stderr: '' })
})

test('a second signal ends the process at once, whatever the cleanup does', async () => {
  const running = program('cleans without end')
  await running.says('ready')
  running.kill('SIGINT')
  await running.says('cleaning')
  running.kill('SIGTERM')
  assert.equal((await running.ended).code, 143)
})

test('cleanup that takes longer than the grace is told, and is exit code 1', async () => {
  const running = program('has little grace')
  await running.says('ready')
  running.kill('SIGINT')
  const end = await running.ended
  assert.equal(end.code, 1)
  // And not what the tasks hold.
  assert.match(end.stderr, /^\[?GraceError: cleanup did not end within its grace of 50 ms.*\n$/)
})

test('an error of the cleanup is told, and is exit code 1', async () => {
  const running = program('fails in cleanup')
  await running.says('ready')
  running.kill('SIGTERM')
  const end = await running.ended
  assert.equal(end.code, 1)
  assert.match(end.stderr, /Error: cleanup failed/)
})

test('a main that ends with a value after a signal has ended well', async () => {
  const running = program('ends well all the same')
  await running.says('ready')
  running.kill('SIGTERM')
  assert.equal((await running.ended).code, 0)
})

test('all that was written is read, also by a slow reader', async () => {
  const running = program('writes', '3000000')
  running.child.stdout!.pause()
  setTimeout(() => running.child.stdout!.resume(), 300)
  assert.equal((await running.ended).stdout.length, 3_000_000)
})

test('where nobody reads what it writes it ends quietly, with 141', async () => {
  const running = program('writes without end')
  await running.says('line')
  running.child.stdout!.destroy()
  const end = await running.ended
  assert.deepEqual([end.code, end.stderr], [141, ''])
})

test('a subprocess of main ends before it', linuxOnly, async () => {
  const text = mark()
  const running = program('subprocess', text)
  assert.ok(await until(() => processesWith(`sleep\0${text}`).length > 0))
  running.kill('SIGINT')
  assert.equal((await running.ended).code, 130)
  assert.deepEqual(processesWith(text), [])
})

test('SIGUSR2 writes the tree of tasks', async () => {
  const running = program('waits in tasks')
  await running.says('ready')
  running.kill('SIGUSR2')
  await running.says('waits on forever')
  running.kill('SIGUSR2')
  await running.says('waits on forever')
  running.kill('SIGINT')
  assert.equal((await running.ended).code, 130)
})

test('signals that the program receives by itself do not end it', async () => {
  const running = program('receives signals')
  await running.says('ready')
  running.kill('SIGHUP')
  await running.says('SIGHUP')
  running.kill('SIGUSR2')
  const end = await running.ended
  assert.deepEqual([end.code, end.stdout, end.stderr], [0, 'ready\nSIGHUP\nSIGUSR2\ncleaned\n', ''])
})

test('a signal whose receiver is closed ends it again', async () => {
  const running = program('gives a signal back')
  await running.says('ready')
  running.kill('SIGHUP')
  await running.says('given back')
  running.kill('SIGHUP')
  assert.equal((await running.ended).code, 129)
})

test('after a signal was heard a deadlock is found as before', async () => {
  const running = program('a deadlock after a while')
  await running.says('ready')
  running.kill('SIGHUP')
  const end = await running.ended
  assert.equal(end.code, 1)
  assert.match(end.stderr, /DeadlockError/)
})

test('a grace that is none is refused, and main can be called still', async () => {
  assert.throws(() => main(() => {}, { grace: -1 }), /main: grace got -1/)
  assert.throws(() => main(() => {}, { grace: Number.NaN }), UsageError)
})

test('what is no signal is refused', () => {
  for (const name of ['SIGKILL', 'SIGSTOP', 'SIGNOTHING', 'hup', 9 as any])
    assert.throws(() => signals(name), UsageError)
  assert.throws(() => (signals as any)(), UsageError)
})

test('a signal that comes twice before it is received counts once', async () => {
  const code = `
    import { run, sleep } from 'omakase'
    import { signals } from 'omakase/node'
    run(function* () {
      const hangups = signals('SIGHUP', 'SIGUSR2')
      for (let i = 0; i < 3; i++) {
        process.kill(process.pid, 'SIGHUP')
        process.kill(process.pid, 'SIGUSR2')
        yield* sleep(20)
      }
      console.log(hangups.statistics().buffered)
      hangups.close()
      console.log(process.listenerCount('SIGHUP'))
    })`
  const stdout = await new Promise(resolve =>
    execFile(
      process.execPath,
      ['--input-type=module', '-e', code],
      { cwd: fileURLToPath(new URL('.', import.meta.url)) },
      (_error, stdout) => resolve(stdout),
    ),
  )
  assert.equal(stdout, '2\n0\n')
})
