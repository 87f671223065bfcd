import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer as createWebServer } from 'node:http'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { omakase, start } from '../cli/support/command.js'
import { folder } from '../cli/support/folder.js'
import { freePort, RedisServer, redis, withRedis } from './support/redis.js'

/** What `map` says where this engine cannot be used. */
async function refusal(t: TestContext, url: string, env: Record<string, string> = {}): Promise<string> {
  const ended = await omakase(t, ['map', '-e', 'x => x', '--range', '1..3', '--on', url], {
    cwd: folder(t),
    env,
  })
  assert.equal(ended.code, 2, ended.stderr)
  assert.equal(ended.stdout, '')
  assert.match(ended.stderr, /^omakase: [^\n]+\n$/)
  return ended.stderr
}

async function listening(t: TestContext, server: Server): Promise<string> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.after(() => server.close())
  return `redis://127.0.0.1:${(server.address() as { port: number }).port}`
}

test('where there is no Redis, map says so in one line', async t => {
  const url = `redis://127.0.0.1:${await freePort()}`
  assert.match(
    await refusal(t, url),
    /no Redis at redis:\/\/127.0.0.1:\d+ \(connect ECONNREFUSED .*start one/,
  )
})

test('a wrong password, or none, is said at once and never shown', withRedis, async t => {
  const { port } = await redis(t, '--requirepass', 'geheim')
  assert.match(await refusal(t, `redis://127.0.0.1:${port}`), /asks for a password: write redis:\/\/USER/)
  const text = await refusal(t, `redis://joe:fal%2Fsch@127.0.0.1:${port}`)
  assert.match(text, /refuses this user or password/)
  assert.doesNotMatch(text, /sch|joe/)
})

test('a worker with a wrong password ends with 2', withRedis, async t => {
  const { port } = await redis(t, '--requirepass', 'geheim')
  const ended = await omakase(t, ['worker', `redis://:falsch@127.0.0.1:${port}`], { cwd: folder(t) })
  assert.equal(ended.code, 2)
  assert.match(ended.stderr, /^omakase: redis:\/\/127.0.0.1:\d+ refuses this user or password[^\n]*\n$/)
  assert.doesNotMatch(ended.stderr, /falsch/)
})

test('a worker waits for a Redis that is not there yet, and says both', withRedis, async t => {
  const server = new RedisServer(await freePort(), [])
  t.after(() => server.remove())
  const worker = start(t, ['worker', server.url, '--name', 'early'], { cwd: folder(t) })
  await worker.says(/no Redis at redis:\/\/127.0.0.1:\d+ yet \(connect ECONNREFUSED .*\): waiting for it\n/)
  await server.start()
  await worker.says(/is there\n.*early works for/s)
  assert.equal(worker.stderr.match(/waiting/g)!.length, 1)
})

test('a Redis that asks for TLS, or speaks none: map says which address to write', withRedis, async t => {
  const cwd = folder(t)
  const made = spawnSync(
    'openssl',
    'req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1'.split(
      ' ',
    ),
    { cwd },
  )
  if (made.status !== 0) return t.skip('no openssl here')
  const tls = await freePort()
  const { port } = await redis(
    t,
    ...['--tls-port', String(tls), '--tls-cert-file', join(cwd, 'cert.pem')],
    ...['--tls-key-file', join(cwd, 'key.pem'), '--tls-ca-cert-file', join(cwd, 'cert.pem')],
    ...['--tls-auth-clients', 'no'],
  )
  assert.match(await refusal(t, `redis://127.0.0.1:${tls}`), /TLS.* write rediss:\/\/127.0.0.1:\d+/)
  assert.match(await refusal(t, `rediss://127.0.0.1:${port}`), /TLS.* write redis:\/\/127.0.0.1:\d+/)
  assert.match(await refusal(t, `rediss://127.0.0.1:${tls}`), /not trusted .*NODE_EXTRA_CA_CERTS/)
  const worker = start(t, ['worker', `rediss://127.0.0.1:${tls}`], {
    cwd,
    env: { NODE_EXTRA_CA_CERTS: join(cwd, 'cert.pem') },
  })
  await worker.says(/works for rediss:/)
})

test('what is no Redis is said to be none', async t => {
  const url = await listening(
    t,
    createWebServer((_, answer) => answer.end('hello')),
  )
  assert.match(await refusal(t, url), /what answers at redis:\/\/127.0.0.1:\d+ is no Redis/)
})

/** Speaks as much RESP as a client wants to hear before it begins. */
function pretender(info: string): Server {
  return createServer(socket => {
    socket.on('error', () => {})
    socket.on('data', data => {
      // Each command is an array, and gets one answer.
      for (const command of data
        .toString('latin1')
        .toLowerCase()
        .split(/(?=\*\d+\r\n\$)/)) {
        if (command.includes('\r\ninfo\r\n')) socket.write(`$${info.length}\r\n${info}\r\n`)
        else if (command.includes('\r\nhello\r\n')) socket.write("-ERR unknown command 'HELLO'\r\n")
        else socket.write('+OK\r\n')
      }
    })
  })
}

test('an old Redis is refused with the version that is needed', async t => {
  const url = await listening(t, pretender('# Server\r\nredis_version:5.0.14\r\n'))
  assert.match(await refusal(t, url), /is Redis 5.0.14: omakase needs 6.2 or newer/)
})

test('a replica and a Redis Cluster are refused', async t => {
  const replica = await listening(t, pretender('redis_version:7.0.15\r\nrole:slave\r\n'))
  assert.match(await refusal(t, replica), /is a replica.*: write the address of its primary/)
  const many = await listening(t, pretender('redis_version:7.0.15\r\ncluster_enabled:1\r\n'))
  assert.match(await refusal(t, many), /is a Redis Cluster/)
})

test('an address that is none is refused without its password', async t => {
  for (const url of ['redis://:a/geheim@host', 'redis://:geheim@host:99999', 'redis://:geheim@host/some']) {
    const text = await refusal(t, url)
    assert.match(text, /is no address of a Redis: write redis:\/\/HOST/)
    assert.doesNotMatch(text, /geheim/)
  }
})

test('a Redis that evicts is warned about by both, in one line', withRedis, async t => {
  const { url } = await redis(t, '--maxmemory-policy', 'allkeys-lru')
  const worker = start(t, ['worker', url, '--name', 'one'], { cwd: folder(t) })
  await worker.says(/works for/)
  const ended = await omakase(t, ['map', '-e', 'x => x', '--range', '1..3', '--on', url], { cwd: folder(t) })
  assert.equal(ended.code, 0, ended.stderr)
  for (const { stderr } of [worker, ended])
    assert.equal(stderr.match(/evict|noeviction/gi)!.length, 2, stderr)
  assert.match(ended.stderr, /^omakase: .*\(maxmemory-policy allkeys-lru\)/m)
})
