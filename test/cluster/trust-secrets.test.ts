import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { omakase, outputs, start } from '../cli/support/command.js'
import { folder } from '../cli/support/folder.js'
import { machine } from './support/machine.js'
import { freePort, redis, withRedis } from './support/redis.js'

const PASSWORD = 'pass-word-of-the-engine'
const KEY = 'key-of-the-cluster-in-16'
const ACL = ['--user', 'omakase', 'on', `>${PASSWORD}`, '~*', '&*', '+@all', '--requirepass', 'another']

/** What a function can find out about the process that has started it. */
const SPY = {
  'spy.ts': `import { readFileSync } from 'node:fs'
const of = (what: string) => readFileSync(\`/proc/\${process.ppid}/\${what}\`, 'utf8')
export default () => JSON.stringify({ ...process.env }) + of('cmdline') + of('environ')`,
}

const onLinux = { skip: withRedis.skip || (process.platform !== 'linux' && 'no /proc here') }

for (const [how, args, env] of [
  ['in an address', (url: string) => [url], () => ({})],
  ['in the environment', () => [], (url: string) => ({ OMAKASE_REDIS_URL: url })],
] as const) {
  test(`a password ${how}, and the key, are seen by nobody`, onLinux, async t => {
    const server = await redis(t, ...ACL)
    const url = server.url.replace('//', `//omakase:${PASSWORD}@`)
    const there = { OMAKASE_KEY: KEY, ...env(url) }
    const name = ['--name', 'one']
    const one = start(t, ['worker', ...args(url), ...name], { cwd: folder(t), env: there })
    await one.says(/works for/)
    const cwd = folder(t, SPY)
    const run = start(
      t,
      ['map', 'spy.ts', '--args', 'x', `--on=${args(url)[0] ?? 'redis'}`, '--report', 'report.json'],
      { cwd, env: there },
    )
    await run.prints(/"output"/)
    for (const { child } of [one, run])
      for (const file of ['cmdline', 'environ'])
        assert.doesNotMatch(proc(child.pid!, file), new RegExp(`${PASSWORD}|${KEY}`))
    const ended = await run.ended
    assert.equal(ended.code, 0, ended.stderr)
    const all = [ended.stdout, ended.stderr, one.stderr, readFileSync(join(cwd, 'report.json'), 'utf8')]
    assert.doesNotMatch(all.join('\n'), new RegExp(`${PASSWORD}|${KEY}`))
    assert.match(proc(one.child.pid!, 'cmdline'), /worker/)
  })
}

function proc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}

test('a queue of others is found by the address in the environment, too', withRedis, async t => {
  const { url } = await redis(t)
  const cwd = folder(t, { 'handler.ts': 'export default () => 1' })
  const args = ['consume', 'handler.ts', '--queue', 'emails', '--on', 'redis']
  await start(t, args, { cwd, env: { OMAKASE_REDIS_URL: url } }).says(/there is no queue emails/)
})

test('a wrong password is told, and not shown', withRedis, async t => {
  const server = await redis(t, ...ACL)
  const url = server.url.replace('//', '//omakase:not-the-password@')
  for (const args of [
    ['worker', url],
    ['map', '-e', 'n => n', '--range', '1..2', '--on', url],
  ]) {
    const ended = await omakase(t, args, { cwd: folder(t) })
    assert.equal(ended.code, 2)
    assert.doesNotMatch(ended.stderr, /not-the-password/)
    assert.equal(ended.stderr.trim().split('\n').length, 1)
  }
})

test('a worker without a key takes no work from an engine that others can reach', async t => {
  for (const url of [
    'redis://10.0.0.5',
    'rediss://redis.example.com:6380',
    'redis://127.0.0.1.example.com',
  ]) {
    const ended = await omakase(t, ['worker', url], { cwd: folder(t) })
    assert.equal(ended.code, 2)
    assert.match(
      ended.stderr,
      /^omakase: whoever can write to \S+ could run code here: give --key FILE[^\n]*--insecure[^\n]*\n$/,
    )
  }
})

test('with a key, or where it is said, it does', withRedis, async t => {
  const { url } = await redis(t, '--protected-mode', 'no')
  // Not an address of this machine by its looks.
  const far = url.replace('127.0.0.1', '0.0.0.0')
  await machine(t, far, 'keyed', [], { OMAKASE_KEY: KEY })
  await machine(t, far, 'friendly', ['--insecure'])
})

test('a key that is none is told', async t => {
  const cwd = folder(t, { empty: '\n', short: 'secret\n', inner: '' })
  for (const [file, says] of [
    ['empty', /the key in empty is empty: at least 16 are needed, such as openssl rand -hex 32 gives/],
    ['short', /the key in short has only 6 characters: at least 16/],
    ['nowhere', /--key nowhere: there is no such file; make one by: openssl rand -hex 32 > nowhere/],
    ['.', /--key \.: it is a folder/],
  ] as const) {
    for (const args of [
      ['worker', 'redis://127.0.0.1:1'],
      ['map', '-e', 'n => n', '--range', '1..2', '--on', 'redis://127.0.0.1:1'],
    ]) {
      const ended = await omakase(t, [...args, '--key', file], { cwd })
      assert.equal(ended.code, 2)
      assert.match(ended.stderr, says)
      assert.equal(ended.stderr.trim().split('\n').length, 1)
    }
  }
  const ended = await omakase(t, ['worker', 'redis://127.0.0.1:1'], { cwd, env: { OMAKASE_KEY: 'secret' } })
  assert.match(ended.stderr, /the key in OMAKASE_KEY has only 6 characters/)
})

test('what is for machines is refused without them', async t => {
  const cwd = folder(t)
  for (const flag of [
    ['--key', 'key'],
    ['--max-size', '1MB'],
  ]) {
    const ended = await omakase(t, ['map', '-e', 'n => n', '--range', '1..2', ...flag], { cwd })
    assert.equal(ended.code, 2)
    assert.match(
      ended.stderr,
      new RegExp(`^omakase: ${flag.join(' ')}: it is for machines; add --on redis://HOST`),
    )
  }
})

const withTls = {
  skip: withRedis.skip || (spawnSync('openssl', ['version']).status !== 0 && 'no openssl here'),
}

test('an engine with TLS is used by rediss://', withTls, async t => {
  const cwd = folder(t, SPY)
  execFileSync(
    'openssl',
    `req -x509 -newkey rsa:2048 -nodes -keyout ${cwd}/tls.key -out ${cwd}/tls.crt -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost`.split(
      ' ',
    ),
    { stdio: 'ignore' },
  )
  const port = await freePort()
  const files = ['--tls-cert-file', `${cwd}/tls.crt`, '--tls-key-file', `${cwd}/tls.key`]
  await redis(
    t,
    '--tls-port',
    String(port),
    ...files,
    '--tls-ca-cert-file',
    `${cwd}/tls.crt`,
    '--tls-auth-clients',
    'no',
  )
  const env = { NODE_EXTRA_CA_CERTS: `${cwd}/tls.crt` }
  const url = `rediss://localhost:${port}`
  await machine(t, url, 'one', [], env)
  const ended = await omakase(t, ['map', '-e', 'n => n + 1', '--range', '1..3', '--on', url], { cwd, env })
  assert.equal(ended.code, 0, ended.stderr)
  assert.deepEqual(outputs(ended), [2, 3, 4])
})
