import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run, ScopeError, sleep } from 'omakase'
import { pipe, type SubprocessError, subprocess } from 'omakase/node'
import { gone, linuxOnly, mark, processesWith, until } from './support/processes.js'
import { thrown } from './support/thrown.js'

const sh = (script: string, options = {}) => subprocess('sh', ['-c', script], options)

test('each part reads what the one before it writes, and each tells how it ended', async () => {
  const done = await pipe(sh('echo b; echo a; echo one >&2'), subprocess('sort'), subprocess('tail', ['-1']))
  assert.equal(done.stdout, 'b')
  assert.deepEqual(
    done.parts.map(({ command, exitCode, stderr }) => [command, exitCode, stderr]),
    [
      ["sh -c 'echo b; echo a; echo one >&2'", 0, 'one'],
      ['sort', 0, ''],
      ['tail -1', 0, ''],
    ],
  )
})

test('the first may have an input, and pipes can be piped', async () => {
  const upper = pipe(subprocess('cat', [], { input: 'abc' }), subprocess('tr', ['a-z', 'A-Z']))
  assert.equal((await pipe(upper, subprocess('rev'))).stdout, 'CBA')
})

test('all that is written arrives, at the pace of the slowest', async () => {
  const done = await pipe(
    subprocess('head', ['-c', '50000000', '/dev/zero']),
    sh('sleep 0.2; cat'),
    subprocess('wc', ['-c']),
  )
  assert.equal(done.stdout, '50000000')
})

test('a fast writer waits for a slow reader', linuxOnly, async () => {
  const text = mark()
  const task = run(() => pipe(subprocess('yes', [text]), sh(`sleep 0.3; head -1; sleep ${text}`)))
  assert.ok(await until(() => processesWith(`yes\0${text}`).length > 0))
  const before = process.memoryUsage().rss
  await sleep(200)
  assert.ok(process.memoryUsage().rss - before < 50_000_000)
  task.cancel()
  await task.settled()
  assert.ok(await gone(text))
})

test('one whose reader wanted no more may end as it likes', async () => {
  const done = await pipe(subprocess('yes'), subprocess('head', ['-2']))
  assert.equal(done.stdout, 'y\ny')
  assert.notEqual(done.parts[0]!.exitCode, 0)
  await pipe(subprocess('yes'), subprocess('cat'), subprocess('true'))
})

test('a failure anywhere is thrown', async () => {
  const cat = () => subprocess('cat')
  await thrown(pipe(sh('echo a; exit 3'), cat(), cat()), /exited with code 3$/)
  await thrown(pipe(subprocess('yes'), sh('exit 4'), cat()), /exited with code 4$/)
  await thrown(pipe(subprocess('yes'), cat(), sh('exit 5')), /exited with code 5$/)
})

test('of one that fails after its reader has seen its end, too', async () => {
  await thrown(pipe(sh('exec >&-; sleep 0.2; exit 6'), subprocess('cat')), /exited with code 6$/)
  for (let round = 0; round < 20; round++)
    await thrown(pipe(sh('echo a; exit 7'), subprocess('cat')), /exited with code 7$/)
})

test('several failures are thrown together', async () => {
  const error = await thrown(pipe(sh('exit 1'), sh('cat; exit 2')), /2 errors/)
  assert.ok(error instanceof ScopeError)
  assert.deepEqual(
    error.errors.map(({ status }: SubprocessError) => status!.exitCode),
    [1, 2],
  )
})

test('where one cannot be started none is left running', linuxOnly, async () => {
  const text = mark()
  await thrown(pipe(subprocess('sleep', [text]), subprocess('no-such-command')), /no such command/)
  assert.deepEqual(processesWith(text), [])
})

test('a cancellation ends all of them', linuxOnly, async () => {
  const text = mark()
  const task = run(() => pipe(subprocess('sleep', [text]), subprocess('sleep', [text])))
  assert.ok(await until(() => processesWith(text).length === 2))
  task.cancel()
  assert.equal((await task.settled()).status, 'cancelled')
  assert.deepEqual(processesWith(text), [])
})

test('a part in the middle has no input or output of its own', async () => {
  const cat = () => subprocess('cat')
  await thrown(pipe(cat(), subprocess('cat', [], { input: 'a' })), /reads from the one before it in the pipe/)
  await thrown(pipe(subprocess('cat', [], { stdout: 'ignore' }), cat()), /writes to the next in the pipe/)
})
