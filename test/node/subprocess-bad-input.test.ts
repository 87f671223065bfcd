import assert from 'node:assert/strict'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { test } from 'node:test'
import { run, UsageError } from 'omakase'
import { pipe, SubprocessError, subprocess } from 'omakase/node'
import { linuxOnly, mark, processesWith, until } from './support/processes.js'
import { thrown } from './support/thrown.js'

test('a command that does not exist is told by its name, and what to look at', async () => {
  const error = await thrown(
    subprocess('no-such-command-here', ['a b']),
    /^`no-such-command-here 'a b'` could not be started: there is no such command; look at its spelling and at PATH \(ENOENT\)$/,
  )
  assert.ok(error instanceof SubprocessError)
  assert.equal(error.code, 'ENOENT')
  await thrown(
    run(() => subprocess('no-such-command-here').start()),
    /no such command/,
  )
})

test('a cwd that does not exist is told apart from a command that does not', async () => {
  await thrown(subprocess('ls', [], { cwd: '/no/such/folder' }), /its cwd "\/no\/such\/folder" is no folder/)
  await thrown(subprocess('ls', [], { cwd: '/etc/passwd' }), /is no folder/)
})

test('without enough free descriptors it is an error, and later ones start', linuxOnly, async () => {
  const code = `
    import { closeSync, openSync } from 'node:fs'
    import { subprocess } from 'omakase/node'
    await import('execa')
    const taken = []
    try {
      for (;;) taken.push(openSync('/dev/null'))
    } catch {}
    const say = ({ message }) => console.log(message)
    let hasStarted = false
    while (!hasStarted) {
      await subprocess('cat', [], { input: 'x' }).then(() => { hasStarted = true }, say)
      closeSync(taken.pop())
    }`
  const { stdout, stderr } = await run(() =>
    subprocess('sh', [
      '-c',
      'ulimit -n 400 && exec "$@"',
      'sh',
      ...[process.execPath, '--input-type=module', '-e', code],
    ]),
  )
  const told = '`cat` could not be started: this process has too many open files (EMFILE)'
  assert.deepEqual(new Set(stdout.split('\n')), new Set([told]))
  assert.equal(stderr, '')
})

test('an output file that cannot be opened is told', async () => {
  await thrown(
    subprocess('ls', [], { stdout: { file: '/no/such/folder/log' } }),
    /`ls` could not be started: ENOENT.*'\/no\/such\/folder\/log'/,
  )
})

test('a file that is not executable, or no program, is told', async t => {
  const folder = await mkdtemp('/tmp/omakase-')
  t.after(() => rm(folder, { recursive: true }))
  await writeFile(`${folder}/plain`, 'x')
  await thrown(subprocess(`${folder}/plain`), /is not executable.*\(EACCES\)/)
  await writeFile(`${folder}/no-program`, '\u0001\u0002\u0003')
  await chmod(`${folder}/no-program`, 0o755)
  await thrown(subprocess(`${folder}/no-program`), /no-program`/)
})

test('arguments that are too long together are told', async () => {
  await thrown(subprocess('true', ['x'.repeat(3_000_000)]), /too long together.*\(E2BIG\)/)
})

test('one that writes a gigabyte is stopped at the limit, and says what to do', linuxOnly, async () => {
  const text = mark()
  await thrown(
    subprocess('sh', ['-c', `head -c 1000000000 /dev/zero; sleep ${text}`], { maxBuffer: 1_000_000 }),
    /wrote more than 1,000,000 bytes to its standard output and was stopped; .*\.start\(\).*maxBuffer.*dropOldest/,
  )
  await thrown(
    subprocess('sh', ['-c', 'yes >&2'], { maxBuffer: 1000 }),
    /to its standard error and was stopped/,
  )
  assert.deepEqual(processesWith(text), [])
})

test('or keeps the last that it wrote', async () => {
  const options = { maxBuffer: 10, overflow: 'dropOldest' } as const
  const done = await subprocess(
    'sh',
    ['-c', 'head -c 100000000 /dev/zero; echo 123456789; echo abcdefghijk >&2'],
    options,
  )
  assert.equal(Buffer.from(done.bytes).toString(), '123456789\n')
  assert.equal(done.stderr, 'cdefghijk')
})

test('one that closes its input early is no error, and the source is closed', async () => {
  let closed = 0
  function* endless() {
    try {
      for (;;) yield 'line\n'.repeat(1000)
    } finally {
      closed++
    }
  }
  assert.equal((await subprocess('head', ['-1'], { input: endless() })).stdout, 'line')
  assert.equal(closed, 1)
  await subprocess('true', [], { input: 'x'.repeat(10_000_000) })
  await subprocess('sh', ['-c', 'exec <&-; sleep 0.1'], { input: endless() })
  assert.equal(closed, 2)
})

test('an input that fails stops it, and is thrown', linuxOnly, async () => {
  const text = mark()
  function* failing() {
    yield 'a'
    throw new Error('no more of this')
  }
  await thrown(subprocess('sh', ['-c', `cat; sleep ${text}`], { input: failing() }), /no more of this/)
  assert.ok(await until(() => processesWith(text).length === 0))
})

test('what is no command, argument or option is refused at once', () => {
  const wrong: [() => unknown, RegExp][] = [
    [() => subprocess(''), /got "" as its command; give the name or path of a program/],
    [() => subprocess(null as any), /got null as its command/],
    [() => subprocess('git', 'log -1' as any), /got "log -1" as its arguments; give an array of strings/],
    [() => subprocess('git', ['a', 1 as any]), /got 1 as argument 1; give a string/],
    [() => subprocess('git', ['a\0b']), /argument 0 holds a NUL character/],
    [() => subprocess('gi\0t'), /the command holds a NUL/],
    [() => subprocess('git', ['\ud83d']), /argument 0 holds half of a surrogate pair/],
    [() => subprocess('git', [], { env: { A: '\0' } }), /the variable "A" holds a NUL/],
    [() => subprocess('git', [], { grace: -1 }), /subprocess: grace got -1/],
    [() => subprocess('git', [], { grace: Number.NaN }), /subprocess: grace got NaN/],
    [() => subprocess('git', [], { maxBuffer: -1 }), /subprocess: maxBuffer got -1/],
    [() => subprocess('git', [], { cwd: 5 as any }), /subprocess: cwd got 5; give the path of a folder/],
    [() => subprocess('git', [], { env: 5 as any }), /subprocess: env got 5; give an object/],
    [() => subprocess('git', [], { shell: 5 as any }), /subprocess: shell got 5; give true, false or/],
    [
      () => subprocess('git', [], { overflow: 'drop' as any }),
      /subprocess: overflow got "drop"; give 'fail'/,
    ],
    [
      () => subprocess('git', [], { stopSignal: 'SIGNOTHING' as any }),
      /subprocess: stopSignal got "SIGNOTHING"; give the name of a signal/,
    ],
    [
      () => subprocess('git', [], { stdout: 'file' as any }),
      /subprocess: stdout got "file"; give 'pipe', .* or \{ file \}/,
    ],
    [() => subprocess('git', [], { stdin: {} as any }), /subprocess: stdin got/],
    [() => pipe(subprocess('a')), /pipe got/],
    [() => pipe(subprocess('a'), 'b' as any), /pipe got "b"; give what subprocess\(…\) returns/],
  ]
  for (const [make, message] of wrong) {
    assert.throws(make, UsageError)
    assert.throws(make, message)
  }
})
