import assert from 'node:assert/strict'
import { once as onceEvent } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { PassThrough, Readable, Writable } from 'node:stream'
import { type TestContext, test } from 'node:test'
import {
  allSettled,
  BrokenError,
  ClosedError,
  EndError,
  forEach,
  on,
  race,
  run,
  select,
  sleep,
  spawn,
  UsageError,
} from 'omakase'
import { reader, writer } from 'omakase/node'
import { thrown } from './support/thrown.js'

/** Two ends of a real connection. */
async function connection(t: TestContext): Promise<{ client: Socket; server: Socket; listener: Server }> {
  const listener = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
  await onceEvent(listener, 'listening')
  const client = connect({
    port: (listener.address() as AddressInfo).port,
    host: '127.0.0.1',
    allowHalfOpen: true,
  })
  const [server] = await onceEvent(listener, 'connection')
  t.after(() => {
    client.destroy()
    server.destroy()
    listener.close()
  })
  return { client, server, listener }
}

test('chunks of a socket are received as they become ready', async t => {
  const { client, server } = await connection(t)
  await run(function* () {
    const chunks = reader(server)
    assert.equal(chunks.tryReceive(), undefined)
    client.write('one')
    assert.equal(String(yield* chunks.receive()), 'one')
    assert.equal(chunks.tryReceive(), undefined)
    client.end('two')
    assert.equal(String(yield* chunks.receive()), 'two')
    assert.deepEqual(yield* chunks.next(), { done: true, value: undefined })
  })
})

test('the end is an EndError for receive and for tryReceive', async t => {
  const { client, server } = await connection(t)
  client.end()
  const chunks = reader(server)
  await thrown(
    run(() => chunks.receive()),
    /ended/,
  )
  assert.throws(() => chunks.tryReceive(), EndError)
})

test('what has come and nobody has received is still there when the other side has ended', async t => {
  const { client, server } = await connection(t)
  const chunks = reader(server)
  client.end('kept')
  await sleep(50)
  const got: string[] = []
  for await (const chunk of chunks) got.push(String(chunk))
  assert.deepEqual(got, ['kept'])
})

test('where nobody receives, nothing is read, and the other side has to wait', async t => {
  const { client, server } = await connection(t)
  const chunks = reader(server)
  const out = writer(client)
  let sent = 0
  const task = run(function* () {
    for (;;) {
      yield* out.send(Buffer.alloc(65_536))
      sent++
    }
  })
  await sleep(100)
  const before = sent
  await sleep(100)
  assert.equal(sent, before)
  assert.equal(out.trySend('x'), false)
  assert.equal(out.statistics().sending, 1)
  for (let i = 0; i < 200; i++) await chunks.receive()
  await sleep(50)
  assert.ok(sent > before)
  task.cancel()
  await task.settled()
  assert.equal(out.statistics().sending, 0)
})

test('everything that is sent arrives, in order, and end() waits for it', async t => {
  const { client, server } = await connection(t)
  const texts = Array.from({ length: 5000 }, (_, n) => `${n} ${'x'.repeat(n % 300)}\n`)
  let received = ''
  await run(function* () {
    spawn(() =>
      forEach(reader(server), chunk => {
        received += chunk
      }),
    )
    const out = writer(client)
    for (const text of texts) yield* out.send(text)
    yield* out.end()
    assert.equal(client.writableLength, 0)
  })
  assert.equal(received, texts.join(''))
})

test('several senders share a stream, which ends with the last of them', async t => {
  const { client, server } = await connection(t)
  let received = ''
  await run(function* () {
    spawn(() =>
      forEach(reader(server), chunk => {
        received += chunk
      }),
    )
    const one = writer(client)
    const two = one.clone()
    yield* one.send('a')
    one.close()
    assert.throws(() => one.trySend('b'), ClosedError)
    yield* two.send('c')
    two.close()
  })
  assert.equal(received, 'ac')
})

test('one of several sockets that are ready is selected, and nothing is taken from the others', async t => {
  const first = await connection(t)
  const second = await connection(t)
  await run(function* () {
    const a = reader(first.server)
    const b = reader(second.server)
    second.client.write('b')
    const { name, value } = yield* select({ a: a.receive(), b: b.receive() })
    assert.deepEqual([name, String(value)], ['b', 'b'])
    first.client.write('a')
    second.client.write('b')
    yield* sleep(50)
    assert.equal(String(yield* race([a.receive(), b.receive()])), 'a')
    assert.equal(String(yield* b.receive()), 'b')
    assert.equal(a.tryReceive(), undefined)
  })
})

test('who asks first gets the first chunk', async t => {
  const { client, server } = await connection(t)
  const chunks = reader(server)
  const order: string[] = []
  await run(function* () {
    for (const name of ['first', 'second'])
      spawn(function* () {
        order.push(`${name} ${yield* chunks.receive()}`)
      })
    yield* sleep(10)
    client.write('1')
    yield* sleep(50)
    client.write('2')
  })
  assert.deepEqual(order, ['first 1', 'second 2'])
})

test('a cancelled receive takes nothing', async t => {
  const { client, server } = await connection(t)
  const chunks = reader(server)
  const task = run(() => chunks.receive())
  await sleep(10)
  task.cancel()
  await task.settled()
  client.write('kept')
  assert.equal(String(await chunks.receive()), 'kept')
})

test('closing the receiver destroys the stream', async t => {
  const { client, server } = await connection(t)
  const chunks = reader(server)
  client.on('error', () => {})
  client.write('x'.repeat(100_000))
  await run(() =>
    forEach(chunks, function* () {
      yield* sleep(0)
      chunks.close()
    }),
  ).settled()
  assert.equal(server.destroyed, true)
  await thrown(chunks.receive(), /this receiver is closed/)
})

test('an error of the stream is thrown at the receiver, also at one that comes later', async () => {
  const stream = new PassThrough()
  const chunks = reader(stream)
  const waits = chunks.receive()
  const failed = thrown(waits, /disk on fire/)
  stream.destroy(new Error('disk on fire'))
  await failed
  await thrown(chunks.receive(), /disk on fire/)
  const late = new PassThrough()
  late.on('error', () => {}).destroy(new Error('before'))
  await sleep(5)
  await thrown(reader(late).receive(), /before/)
})

test('a stream that is closed before its end is a BrokenError', async t => {
  const { server } = await connection(t)
  const chunks = reader(server)
  const failed = thrown(chunks.receive(), /closed before its end/)
  server.destroy()
  assert.ok((await failed) instanceof BrokenError)
  await thrown(reader(server).receive(), /closed before its end/)
})

test('a stream that has ended already has ended for its receiver', async () => {
  const stream = Readable.from(['a'])
  for await (const _ of stream);
  assert.deepEqual(await reader(stream).next(), { done: true, value: undefined })
})

test('objects are received, too', async () => {
  const got: number[] = []
  await run(() => forEach(reader<number>(Readable.from([1, 2, 3])), n => void got.push(n)))
  assert.deepEqual(got, [1, 2, 3])
})

test('a stream that fails is a BrokenError with the cause, for all that wait and all that come', async () => {
  const stuck: (() => void)[] = []
  const stream = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, done) => void stuck.push(done) })
  const out = writer(stream)
  await run(() => out.send('one'))
  const waiting = [thrown(out.send('two'), /disk full/), thrown(out.send('three'), /disk full/)]
  await sleep(5)
  const cause = new Error('disk full')
  stream.destroy(cause)
  for (const each of waiting) assert.equal((await each).cause, cause)
  const error = await thrown(out.send('four'), /the stream takes no more: disk full/)
  assert.ok(error instanceof BrokenError)
  assert.equal(await thrown(out.end(), /disk full/), cause)
})

test('what a stream does not take is thrown at who sends it, also later, and the others go on', async () => {
  const got: string[] = []
  const slow = new Writable({
    highWaterMark: 1,
    write(chunk, _encoding, done) {
      got.push(String(chunk))
      setImmediate(done)
    },
  })
  await run(function* () {
    const out = writer<unknown>(slow)
    assert.throws(() => out.trySend(null), { code: 'ERR_STREAM_NULL_VALUES' })
    yield* out.send('a')
    const exits = yield* allSettled(['b', 5, 'c', null, 'd'].map(item => () => out.send(item)))
    assert.deepEqual(
      exits.map(exit => (exit.status === 'failed' ? (exit.error as { code: string }).code : exit.status)),
      ['ok', 'ERR_INVALID_ARG_TYPE', 'ok', 'ERR_STREAM_NULL_VALUES', 'ok'],
    )
    yield* out.end()
  })
  assert.deepEqual(got, ['a', 'b', 'c', 'd'])
})

test('connections of a server are events, and each a task', async t => {
  const { listener } = await connection(t)
  const { port } = listener.address() as AddressInfo
  const replies: string[] = []
  await run(function* () {
    const connections = on<[Socket]>(listener, 'connection')
    const serving = spawn(
      () =>
        forEach(
          connections,
          function* ([socket]) {
            const out = writer(socket)
            yield* forEach(reader(socket), chunk => out.send(`you said ${chunk}`))
            yield* out.end()
          },
          { concurrency: 10 },
        ),
      { daemon: true },
    )
    for (const text of ['a', 'b', 'c']) {
      spawn(function* () {
        const socket = connect({ port, host: '127.0.0.1' })
        const out = writer(socket)
        yield* out.send(text)
        out.close()
        replies.push(String(yield* reader(socket).receive()))
      })
    }
    assert.equal(serving.state, 'ready')
  })
  assert.deepEqual(replies.sort(), ['you said a', 'you said b', 'you said c'])
  assert.equal(listener.listenerCount('connection'), 0)
})

test('what is no stream is refused', () => {
  for (const value of [null, 'text', {}]) {
    assert.throws(() => reader(value as any), UsageError)
    assert.throws(() => writer(value as any), /writer got .*; give a writable stream of Node/)
  }
})
